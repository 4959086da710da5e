using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>Reads the encoder and decoder of files that keep them as two linear layers: `encoder.weight` [M, d], `decoder.weight` [d, M], or of other names.</summary>
internal static class LinearTensors
{
    /// <param name="tensors">The file.</param>
    /// <param name="latents">M.</param>
    /// <param name="width">d.</param>
    /// <param name="encoder">Name of the encoder's layer.</param>
    /// <param name="decoder">Name of the decoder's layer.</param>
    /// <param name="mapping">Whether the weights may stay in the file; not where they are changed afterwards.</param>
    /// <returns>The weights.</returns>
    public static SaeParts Take(SaeTensors tensors, int latents, int width, string encoder = "encoder", string decoder = "decoder", SaeMapping mapping = SaeMapping.Never)
    {
        (Matrix weights, bool isColumns) = tensors.TakeEncoderRows($"{encoder}.weight", latents, width, mapping);
        return new SaeParts
        {
            Encoder = weights,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector($"{encoder}.bias", latents),
            Decoder = tensors.TakeTransposed($"{decoder}.weight", width, latents, mapping),
            DecoderBias = tensors.TakeVector($"{decoder}.bias", width),
        };
    }
}
