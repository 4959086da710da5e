namespace Saltus.Reports;

/// <summary>What was trained on what: the facts that make a run repeatable. Null or empty facts are left out of the page.</summary>
public sealed record RunProvenance
{
    /// <summary>Gets the language model's name, or the name of the activations where there was no model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the site, such as "resid_post".</summary>
    public required string Site { get; init; }

    /// <summary>Gets the 0-based layer, or null where the site has none.</summary>
    public int? Layer { get; init; }

    /// <summary>Gets the site in TransformerLens spelling, or null where that has no name for it.</summary>
    public string? HookName { get; init; }

    /// <summary>Gets the number of latents, M.</summary>
    public required int Width { get; init; }

    /// <summary>Gets the width of the activation vector, d.</summary>
    public required int Dimension { get; init; }

    /// <summary>Gets the training method's display name, such as "JumpReLU".</summary>
    public required string Method { get; init; }

    /// <summary>Gets the L0 that the training aimed at, in active latents a token.</summary>
    public double? TargetL0 { get; init; }

    /// <summary>Gets the number of training tokens.</summary>
    public long? Tokens { get; init; }

    /// <summary>Gets the activation vectors in one step, B.</summary>
    public int? Batch { get; init; }

    /// <summary>Gets the seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets the tokens of a window, its BOS included.</summary>
    public int? Context { get; init; }

    /// <summary>Gets the recipe's name.</summary>
    public string? Recipe { get; init; }

    /// <summary>Gets the training text's name.</summary>
    public string? Corpus { get; init; }

    /// <summary>Gets the whole run's duration as its caller measured it.</summary>
    public TimeSpan? WallTime { get; init; }

    /// <summary>Gets further facts in the order in which they are to be shown: learning rates, versions, hashes, the processor.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];
}
