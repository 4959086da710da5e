namespace Saltus.Training;

/// <summary>What the latents of one item of work leave for the sums over all of them; added up in item order.</summary>
/// <param name="width">d.</param>
internal sealed class LatentChunk(int width)
{
    /// <summary>Latents of an item: four strips of the product's tile.</summary>
    public const int Latents = 24;

    /// <summary>Gets Σ_i (Σ_b δ_bi) · W_enc[i], [d]: the path of b_dec through the encoder's input.</summary>
    public float[] BiasPath { get; } = new float[width];

    /// <summary>Gets or sets the sum of squared gradients.</summary>
    public double Squares { get; set; }

    /// <summary>Begins the sums anew.</summary>
    public void Clear()
    {
        Array.Clear(BiasPath);
        Squares = 0;
    }
}
