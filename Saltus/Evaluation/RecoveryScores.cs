namespace Saltus.Evaluation;

/// <summary>What an SAE found of a known dictionary.</summary>
public sealed record RecoveryScores
{
    /// <summary>Gets the mean number of active latents a vector.</summary>
    public required double L0 { get; init; }

    /// <summary>Gets the squared error as a share of E‖x‖².</summary>
    public required double Mse { get; init; }

    /// <summary>Gets the share of variance unexplained, about the mean of the vectors.</summary>
    public required double Fvu { get; init; }

    /// <summary>Gets the mean over true features of the best cosine with any living latent (MMCS).</summary>
    public required double MaximumCosine { get; init; }

    /// <summary>Gets the share of true features with such a cosine above 0.9.</summary>
    public required double Recovered { get; init; }

    /// <summary>Gets the mean over living latents of the best cosine with a true feature.</summary>
    public required double MaximumCosineOfLatents { get; init; }

    /// <summary>Gets the share of latents that are silent on all vectors.</summary>
    public required double Dead { get; init; }
}
