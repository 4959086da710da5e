using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>What training changes, in training units (vectors divided by the scale C).</summary>
/// <param name="latents">M.</param>
/// <param name="width">d.</param>
public sealed class SaeParameters(int latents, int width) : IDisposable
{
    /// <summary>Gets the encoder weights, [M, d].</summary>
    public Matrix EncoderWeights { get; } = new(latents, width);

    /// <summary>Gets the encoder bias, [M].</summary>
    public float[] EncoderBias { get; } = new float[latents];

    /// <summary>Gets the decoder weights, [M, d].</summary>
    public Matrix DecoderWeights { get; } = new(latents, width);

    /// <summary>Gets the decoder bias, [d].</summary>
    public float[] DecoderBias { get; } = new float[width];

    /// <summary>Gets the threshold parameter of each latent, [M]: θ, or log θ where the method says so; unused by methods without thresholds.</summary>
    public float[] Threshold { get; } = new float[latents];

    /// <summary>Gets the number of latents, M.</summary>
    public int Latents => EncoderWeights.Rows;

    /// <summary>Gets the width of the vectors, d.</summary>
    public int Width => EncoderWeights.Columns;

    /// <inheritdoc/>
    public void Dispose()
    {
        EncoderWeights.Dispose();
        DecoderWeights.Dispose();
    }
}
