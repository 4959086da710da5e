namespace Saltus.Reports;

/// <summary>One SAE of a sweep: what it is, what it reached on held-out documents, what it cost.</summary>
public sealed record SweepRow
{
    /// <summary>Gets its name, that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the architecture.</summary>
    public required string Method { get; init; }

    /// <summary>Gets the number of latents, M.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the target L0, or k; null where λ was given.</summary>
    public double? TargetL0 { get; init; }

    /// <summary>Gets λ; null where it was steered.</summary>
    public double? Lambda { get; init; }

    /// <summary>Gets the learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Gets the seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Gets the training tokens.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the training steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the seconds that its steps took, reading left out; null where that is not known.</summary>
    public double? StepSeconds { get; init; }

    /// <summary>Gets its part of the step time of the whole sweep; null where that is not known.</summary>
    public double? CostShare { get; init; }

    /// <summary>Gets the measures on held-out documents; null where it was not evaluated.</summary>
    public FidelityMeasures? Fidelity { get; init; }

    /// <summary>Gets the number of latents by log10 of their frequency; silent ones are in no bin.</summary>
    public IReadOnlyList<HistogramBin> FrequencyHistogram { get; init; } = [];

    /// <summary>Gets whether no other SAE of its width has an L0 and an FVU as low, one of them lower.</summary>
    public bool IsOnFvuFront { get; init; }

    /// <summary>Gets whether no other SAE of its width has an L0 and a delta loss as low, one of them lower.</summary>
    public bool IsOnDeltaLossFront { get; init; }
}
