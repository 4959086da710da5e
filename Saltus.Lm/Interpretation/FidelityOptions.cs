using Saltus.Evaluation;
using Saltus.Lm.Models;

namespace Saltus.Lm.Interpretation;

/// <summary>Settings of a fidelity evaluation.</summary>
public sealed record FidelityOptions
{
    /// <summary>Gets the tokens that the language model reads together; memory grows with it, results do not depend on it.</summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>
    /// Gets the number of tokens on which the uniformity of the latents' importance is measured, spread evenly over the set; each costs a
    /// forward and a backward pass over what stands before it. 0 for none.
    /// </summary>
    public int UniformityTokens { get; init; } = 64;

    /// <summary>Gets the settings of the intervals over documents.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>
    /// Gets where a transcoder's reconstruction stands in for the activation; null (the default) for the site that is read. The site must be
    /// computed before it: what is spliced in never reaches what the SAE reads.
    /// </summary>
    public Site? Target { get; init; }

    /// <summary>Gets what goes into the result's settings beside site, layer and resampling: context, text, model, hashes.</summary>
    public EvaluationSettings Settings { get; init; } = new();

    /// <summary>Gets what keeps the sums, and gives back those of an interrupted evaluation; null (the default) for nothing. Not with a collector.</summary>
    public FidelityCheckpoint? Checkpoint { get; init; }

    /// <summary>
    /// Gets whether windows that look alike to an ablated run share one: where zeros or the mean stand in the residual stream at every
    /// position but a leading BOS, what follows depends on the position alone. Same bits either way.
    /// </summary>
    internal bool ShareAblations { get; init; } = true;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A batch holds no token, the tokens for uniformity are negative, or the bootstrap's settings are out of range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BatchTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(UniformityTokens);
        Bootstrap.Validate();
    }
}
