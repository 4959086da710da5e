namespace Saltus.Training;

/// <summary>
/// What one step did. Losses are means over the batch, in units of the scaled data (E‖x‖² = 1). A value, so that a step leaves nothing
/// for the garbage collector.
/// </summary>
public readonly record struct TrainingStep
{
    /// <summary>Gets the index of the step, 0 for the first.</summary>
    public required int Step { get; init; }

    /// <summary>Gets the tokens seen, this step's included.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the sum of all loss terms.</summary>
    public double Loss => Reconstruction + Sparsity + Auxiliary;

    /// <summary>Gets the squared error, summed over d.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>Gets the sparsity penalty, its coefficient included, with the pre-activation loss.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Gets the AuxK loss, its coefficient included.</summary>
    public required double Auxiliary { get; init; }

    /// <summary>Gets the mean number of active latents a token.</summary>
    public required double L0 { get; init; }

    /// <summary>Gets the share of variance unexplained, about the variance that the options state; null without it.</summary>
    public double? Fvu { get; init; }

    /// <summary>Gets the number of latents that count as dead.</summary>
    public required int Dead { get; init; }

    /// <summary>
    /// Gets the mean number of entries a token that reach the kernel's band or lie above it; of bands that hold most latents, the active ones alone.
    /// </summary>
    public required double Candidates { get; init; }

    /// <summary>Gets the learning rate of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Gets the coefficient of the sparsity penalty at the step.</summary>
    public required double Lambda { get; init; }

    /// <summary>Gets the norm of the whole gradient before clipping; null where nothing is clipped.</summary>
    public double? GradientNorm { get; init; }
}
