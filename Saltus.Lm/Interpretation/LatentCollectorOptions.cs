namespace Saltus.Lm.Interpretation;

/// <summary>How much is kept of each latent for a report.</summary>
public sealed record LatentCollectorOptions
{
    /// <summary>Gets the tokens after which further windows are left out, so that memory stays bounded: about 8 bytes for each active latent.</summary>
    public long MaximumTokens { get; init; } = 2_000_000;

    /// <summary>Gets the snippets with the largest activations.</summary>
    public int TopSnippets { get; init; } = 10;

    /// <summary>Gets the intervals of equal width of [0, max] that snippets are sampled from.</summary>
    public int Intervals { get; init; } = 5;

    /// <summary>Gets the snippets sampled from each interval.</summary>
    public int SnippetsPerInterval { get; init; } = 3;

    /// <summary>Gets the tokens shown before the one that a snippet was chosen for.</summary>
    public int TokensBefore { get; init; } = 20;

    /// <summary>Gets the tokens shown after it.</summary>
    public int TokensAfter { get; init; } = 10;

    /// <summary>Gets how many tokens of one document must lie between two snippets of a list for them to be from different places.</summary>
    public int Apart { get; init; } = 5;

    /// <summary>Gets the number of top tokens.</summary>
    public int TopTokens { get; init; } = 10;

    /// <summary>Gets the number of promoted and of suppressed output tokens.</summary>
    public int OutputTokens { get; init; } = 10;

    /// <summary>Gets the number of latents with similar decoder directions.</summary>
    public int Neighbours { get; init; } = 5;

    /// <summary>Gets the bins of the activation histogram.</summary>
    public int HistogramBins { get; init; } = 20;

    /// <summary>
    /// Gets whether sums of products with every input dimension are kept, for correlations: 8 bytes a latent and dimension.
    /// </summary>
    public bool CorrelatesInputs { get; init; }

    /// <summary>Gets the seed of the sampling; each latent has a stream of its own.</summary>
    public long Seed { get; init; }

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative, or a number of bins or intervals is below 1.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaximumTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(TopSnippets);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Intervals);
        ArgumentOutOfRangeException.ThrowIfNegative(SnippetsPerInterval);
        ArgumentOutOfRangeException.ThrowIfNegative(TokensBefore);
        ArgumentOutOfRangeException.ThrowIfNegative(TokensAfter);
        ArgumentOutOfRangeException.ThrowIfNegative(Apart);
        ArgumentOutOfRangeException.ThrowIfNegative(TopTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(OutputTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(Neighbours);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(HistogramBins);
    }
}
