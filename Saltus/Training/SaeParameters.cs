using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// What training changes, in training units (vectors divided by the scale C). With an output width of its own it is a transcoder's: its
/// batches hold each vector with its target behind it, [B, d + d_out].
/// </summary>
/// <param name="latents">M.</param>
/// <param name="width">d.</param>
/// <param name="outputWidth">d_out of a transcoder; null for an autoencoder.</param>
/// <param name="hasSkip">Whether a transcoder has a skip connection.</param>
public sealed class SaeParameters(int latents, int width, int? outputWidth = null, bool hasSkip = false) : IDisposable
{
    /// <summary>Gets the encoder weights, [M, d].</summary>
    public Matrix EncoderWeights { get; } = new(latents, width);

    /// <summary>Gets the encoder bias, [M].</summary>
    public float[] EncoderBias { get; } = new float[latents];

    /// <summary>Gets the decoder weights, [M, d_out].</summary>
    public Matrix DecoderWeights { get; } = new(latents, outputWidth ?? width);

    /// <summary>Gets the decoder bias, [d_out].</summary>
    public float[] DecoderBias { get; } = new float[outputWidth ?? width];

    /// <summary>Gets the skip connection, [d_out, d]; null without one.</summary>
    public Matrix? SkipWeights { get; } = hasSkip ? new Matrix(outputWidth ?? width, width) : null;

    /// <summary>Gets what a method trains beside weights and biases, one number a latent: two vectors of [M], used as far as the method names them.</summary>
    public IReadOnlyList<float[]> Extras { get; } = [new float[latents], new float[latents]];

    /// <summary>Gets the threshold parameter of each latent, [M]: θ, or log θ where the method says so; unused by methods without thresholds.</summary>
    public float[] Threshold => Extras[0];

    /// <summary>Gets the number of latents, M.</summary>
    public int Latents => EncoderWeights.Rows;

    /// <summary>Gets the width of the vectors, d.</summary>
    public int Width => EncoderWeights.Columns;

    /// <summary>Gets the width of what is reconstructed, d_out.</summary>
    public int OutputWidth => DecoderWeights.Columns;

    /// <summary>Gets whether targets are vectors of their own: a transcoder.</summary>
    public bool HasTarget { get; } = outputWidth is not null;

    /// <summary>Gets the columns of a batch: d, and d_out behind it where there are targets.</summary>
    public int BatchWidth => Width + (HasTarget ? OutputWidth : 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        EncoderWeights.Dispose();
        DecoderWeights.Dispose();
        SkipWeights?.Dispose();
    }
}
