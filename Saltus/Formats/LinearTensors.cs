namespace Saltus.Formats;

/// <summary>Reads the encoder and decoder of files that keep them as two linear layers: `encoder.weight` [M, d], `decoder.weight` [d, M], or of other names.</summary>
internal static class LinearTensors
{
    public static SaeParts Take(SaeTensors tensors, int latents, int width, string encoder = "encoder", string decoder = "decoder") => new()
    {
        Encoder = tensors.TakeMatrix($"{encoder}.weight", latents, width),
        EncoderBias = tensors.TakeVector($"{encoder}.bias", latents),
        Decoder = tensors.TakeTransposed($"{decoder}.weight", width, latents),
        DecoderBias = tensors.TakeVector($"{decoder}.bias", width),
    };
}
