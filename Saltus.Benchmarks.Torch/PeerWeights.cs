using Saltus.Cli.Bench;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>Start values of a step, in our orientation: a latent's weights are a row.</summary>
/// <param name="Encoder">[M, d].</param>
/// <param name="EncoderBias">[M].</param>
/// <param name="Decoder">[M, d].</param>
/// <param name="DecoderBias">[d].</param>
/// <param name="Threshold">[M], or null.</param>
internal sealed record PeerWeights(Tensor Encoder, Tensor EncoderBias, Tensor Decoder, Tensor DecoderBias, Tensor? Threshold = null)
{
    /// <summary>Copies the weights that our own steps work on.</summary>
    /// <param name="data">Of the main shape.</param>
    /// <param name="threshold">θ of every latent; null where the method has none.</param>
    public static PeerWeights Of(StepData data, float? threshold = null) => new(
        PeerGroups.TensorOf(data.Parameters.EncoderWeights),
        torch.zeros(data.Parameters.Latents),
        PeerGroups.TensorOf(data.Parameters.DecoderWeights),
        torch.zeros(data.Parameters.Width),
        threshold is { } value ? torch.full(data.Parameters.Latents, value) : null);
}
