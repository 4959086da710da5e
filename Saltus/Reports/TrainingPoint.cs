namespace Saltus.Reports;

/// <summary>One logged step of a training. A curve whose values are all null is left out of the page; NaN is a gap.</summary>
public sealed record TrainingPoint
{
    /// <summary>Gets the 0-based step.</summary>
    public required long Step { get; init; }

    /// <summary>Gets the tokens seen up to and with this step.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the whole loss that was minimised.</summary>
    public double? Loss { get; init; }

    /// <summary>Gets the reconstruction term of the loss.</summary>
    public double? Reconstruction { get; init; }

    /// <summary>Gets the mean number of active latents a token.</summary>
    public double? L0 { get; init; }

    /// <summary>Gets the number of latents silent on the last million training tokens.</summary>
    public double? Dead { get; init; }

    /// <summary>Gets the fraction of variance unexplained of the batch.</summary>
    public double? Fvu { get; init; }

    /// <summary>Gets the sparsity coefficient λ.</summary>
    public double? Lambda { get; init; }

    /// <summary>Gets the learning rate of the weights.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets quantiles of the thresholds θ over latents, or null.</summary>
    public ThresholdQuantiles? Thresholds { get; init; }
}
