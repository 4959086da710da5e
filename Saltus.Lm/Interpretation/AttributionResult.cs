namespace Saltus.Lm.Interpretation;

/// <summary>What a logit difference owes to the latents at each position, and to what is no latent.</summary>
public sealed record AttributionResult
{
    /// <summary>Gets the logit difference itself.</summary>
    public required double Difference { get; init; }

    /// <summary>Gets the logit difference at the other end of the line, with no latent and no error; null where there is no line.</summary>
    public double? Baseline { get; init; }

    /// <summary>Gets every active latent, by position and then by index.</summary>
    public required IReadOnlyList<LatentNode> Latents { get; init; }

    /// <summary>Gets the error x − x̂ of each counted position: what the SAE does not explain, and attribution by latents therefore cannot.</summary>
    public required IReadOnlyList<PositionNode> Errors { get; init; }

    /// <summary>Gets the positions that are not encoded (BOS, special tokens), with their whole activation; none where they are held fixed.</summary>
    public required IReadOnlyList<PositionNode> Kept { get; init; }

    /// <summary>Gets what falls on what the SAE gives without any latent, over all counted positions; 0 where that is held fixed.</summary>
    public required double Bias { get; init; }

    /// <summary>
    /// Gets the sum of all nodes: for integrated gradients, up to the line's finite number of points, the difference less the baseline.
    /// </summary>
    public double Total => Latents.Sum(node => node.Attribution) + Errors.Sum(node => node.Attribution) + Kept.Sum(node => node.Attribution) + Bias;

    /// <summary>Gets the latents with the largest attributions of either sign, largest first.</summary>
    /// <param name="count">How many at most.</param>
    /// <returns>The nodes.</returns>
    public IReadOnlyList<LatentNode> Strongest(int count) =>
        [.. Latents.OrderByDescending(node => Math.Abs(node.Attribution)).ThenBy(node => node.Position).ThenBy(node => node.Latent).Take(count)];
}
