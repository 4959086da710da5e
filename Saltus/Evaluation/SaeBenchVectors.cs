namespace Saltus.Evaluation;

/// <summary>
/// What SAEBench's core evaluation says of vectors, by its own definitions, some of which are not ours and some wrong: means over batches, a total variance
/// with a squared second moment, an error divided by the batch's tokens once more. For comparison with its published results only.
/// </summary>
public sealed record SaeBenchVectors
{
    /// <summary>Gets the number of vectors.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the number of batches.</summary>
    public required int Batches { get; init; }

    /// <summary>Gets the mean of ‖x‖.</summary>
    public required double InputNorm { get; init; }

    /// <summary>Gets the mean of ‖x̂‖.</summary>
    public required double OutputNorm { get; init; }

    /// <summary>Gets the mean of ‖x̂‖/‖x‖; a vector shorter than 1e-4 counts as one of length 1.</summary>
    public required double NormRatio { get; init; }

    /// <summary>Gets the mean over batches of E‖x̂‖² / E[x·x̂].</summary>
    public required double RelativeReconstructionBias { get; init; }

    /// <summary>Gets the mean number of latents with f ≠ 0.</summary>
    public required double L0 { get; init; }

    /// <summary>Gets the mean of Σf, with signs.</summary>
    public required double L1 { get; init; }

    /// <summary>Gets 1 − E‖e‖² / (E‖x‖² − m²), m the mean of x² over tokens and dimensions; can exceed 1.</summary>
    public required double ExplainedVariance { get; init; }

    /// <summary>Gets the mean of 1 − ‖e‖²/‖x − x̄‖², x̄ the mean of the batch: depends on the size of batches.</summary>
    public required double ExplainedVarianceLegacy { get; init; }

    /// <summary>Gets the mean of ‖e‖² / n, n the tokens of the batch.</summary>
    public required double MeanSquaredError { get; init; }

    /// <summary>Gets the mean cosine of x and x̂.</summary>
    public required double Cosine { get; init; }

    /// <summary>Gets the share of tokens with f &gt; 0, [M].</summary>
    public required IReadOnlyList<double> Density { get; init; }

    /// <summary>Gets the tokens with f &gt; 0 for each prompt that has any, [M]; NaN for a latent that never is.</summary>
    public required IReadOnlyList<double> TokensPerActivePrompt { get; init; }
}
