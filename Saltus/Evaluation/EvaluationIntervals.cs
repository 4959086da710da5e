using Saltus.Reports;

namespace Saltus.Evaluation;

/// <summary>95 % intervals, all from the same kind of bootstrap over documents; null where there is none.</summary>
public sealed record EvaluationIntervals
{
    /// <summary>Gets that of L0.</summary>
    public ConfidenceInterval? L0 { get; init; }

    /// <summary>Gets that of FVU, about the mean of the whole set; null where documents were too many to keep the sums it needs.</summary>
    public ConfidenceInterval? Fvu { get; init; }

    /// <summary>Gets that of the mean squared error.</summary>
    public ConfidenceInterval? MeanSquaredError { get; init; }

    /// <summary>Gets that of the mean cosine.</summary>
    public ConfidenceInterval? Cosine { get; init; }

    /// <summary>Gets that of the relative reconstruction bias.</summary>
    public ConfidenceInterval? RelativeReconstructionBias { get; init; }

    /// <summary>Gets that of the delta loss.</summary>
    public ConfidenceInterval? DeltaLoss { get; init; }

    /// <summary>Gets that of the loss recovered.</summary>
    public ConfidenceInterval? LossRecovered { get; init; }

    /// <summary>Gets that of the mean KL divergence.</summary>
    public ConfidenceInterval? Kl { get; init; }
}
