using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>
/// What SAELens's training steps share: dense features [B, M], a dense decoder, the squared error summed over d, autograd for everything,
/// the gradient's norm clipped at 1, Adam, and counts of who fired.
/// </summary>
internal abstract class SaeLensStep : PeerStep
{
    private const double ClipNorm = 1;
    private const double ClipEpsilon = 1e-6;

    private readonly int _deadAfter;
    private readonly Tensor _stepsSinceFired;
    private readonly Tensor _fired;

    /// <summary>Creates a step.</summary>
    /// <param name="weights">Start values.</param>
    /// <param name="learningRate">Adam's.</param>
    /// <param name="deadAfter">Steps of silence after which a latent counts as dead.</param>
    protected SaeLensStep(PeerWeights weights, double learningRate, int deadAfter)
        : base(
            [
                Trained(weights.Encoder.transpose(0, 1)), Trained(weights.EncoderBias), Trained(weights.Decoder), Trained(weights.DecoderBias),
                .. weights.Threshold is { } threshold ? [Trained(threshold)] : Array.Empty<Tensor>(),
            ],
            learningRate)
    {
        _deadAfter = deadAfter;
        _stepsSinceFired = torch.zeros(weights.EncoderBias.shape[0]);
        _fired = torch.zeros(weights.EncoderBias.shape[0]);
    }

    /// <summary>Gets the encoder weights, [d, M].</summary>
    protected Tensor EncoderWeights => Parameters[0];

    /// <summary>Gets the encoder bias, [M].</summary>
    protected Tensor EncoderBias => Parameters[1];

    /// <summary>Gets the decoder weights, [M, d].</summary>
    protected Tensor DecoderWeights => Parameters[2];

    /// <summary>Gets the decoder bias, [d].</summary>
    protected Tensor DecoderBias => Parameters[3];

    /// <summary>Gets which latents have been silent for long, [M] of booleans.</summary>
    protected Tensor Dead => _stepsSinceFired.gt(_deadAfter);

    /// <summary>Gets the features of the step under way, [B, M].</summary>
    protected Tensor? Features { get; set; }

    /// <summary>PyTorch's clipping: the norm of the norms; every gradient is multiplied, by 1 where the norm is small.</summary>
    protected override void AfterBackward()
    {
        using IDisposable noGradients = torch.no_grad();
        Tensor norm = torch.stack([.. Parameters.Select(parameter => parameter.grad!.norm())]).norm();
        Tensor factor = (ClipNorm / (norm + ClipEpsilon)).clamp(max: 1);
        foreach (Tensor parameter in Parameters)
        {
            parameter.grad!.mul_(factor);
        }
    }

    /// <inheritdoc/>
    protected override void AfterUpdate()
    {
        using IDisposable noGradients = torch.no_grad();
        Tensor firing = Features!.@bool().to(torch.float32);
        Tensor counts = firing.sum(0L);
        _stepsSinceFired.add_(1);
        _stepsSinceFired.masked_fill_(counts.@bool(), 0);
        _fired.add_(counts);
        LastL0 = counts.sum().item<float>() / Features!.shape[0];
        Features = null;
    }

    /// <summary>The squared error, summed over d, mean over the batch.</summary>
    protected static Tensor SquaredError(Tensor output, Tensor x) => (output - x).pow(2).sum(-1).mean();

    /// <inheritdoc/>
    protected override void Free()
    {
        _stepsSinceFired.Dispose();
        _fired.Dispose();
    }
}
