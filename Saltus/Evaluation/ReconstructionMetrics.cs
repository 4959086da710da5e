namespace Saltus.Evaluation;

/// <summary>
/// How sparse and how faithful an SAE is on vectors. e = x − x̂; averages are sums over all vectors divided by their number, never means
/// of batches. Ratios other tools define otherwise stand beside ours under names of their own.
/// </summary>
public sealed record ReconstructionMetrics
{
    /// <summary>Gets the number of vectors.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the mean number of latents with f ≠ 0.</summary>
    public required double L0 { get; init; }

    /// <summary>Gets the mean of Σ|f|.</summary>
    public required double L1 { get; init; }

    /// <summary>Gets the mean of ‖e‖², summed over dimensions.</summary>
    public required double MeanSquaredError { get; init; }

    /// <summary>Gets the mean of ‖e‖.</summary>
    public required double MeanErrorNorm { get; init; }

    /// <summary>Gets Σ‖e‖² / Σ‖x − x̄‖² with x̄ the mean of the data, or the mean that was given.</summary>
    public required double Fvu { get; init; }

    /// <summary>Gets 1 − FVU.</summary>
    public double ExplainedVariance => 1 - Fvu;

    /// <summary>Gets the mean of 1 − ‖e‖²/‖x − x̄‖² over vectors (SAELens's former definition); null unless the mean was given.</summary>
    public double? ExplainedVariancePerToken { get; init; }

    /// <summary>Gets 1 − Σ var(e) / Σ var(x) over dimensions (dictionary_learning's definition): blind to a bias in e.</summary>
    public required double ExplainedVarianceOfResidual { get; init; }

    /// <summary>Gets 1 − Σ‖e‖² / Σ‖x‖²: inflated where the data's mean is large.</summary>
    public required double ExplainedVarianceAboutZero { get; init; }

    /// <summary>Gets the mean cosine of x and x̂; a zero vector counts 0.</summary>
    public required double Cosine { get; init; }

    /// <summary>Gets the mean of ‖x̂‖/‖x‖ over the vectors that are not zero.</summary>
    public required double NormRatio { get; init; }

    /// <summary>Gets the mean of ‖x‖.</summary>
    public required double InputNorm { get; init; }

    /// <summary>Gets the mean of ‖x̂‖.</summary>
    public required double OutputNorm { get; init; }

    /// <summary>Gets Σ‖x̂‖² / Σ x̂·x, the γ that minimises E‖x̂/γ − x‖²; below 1 is shrinkage.</summary>
    public required double RelativeReconstructionBias { get; init; }
}
