namespace Saltus.Reports;

/// <summary>
/// Everything that one report shows: what was trained on what, how the training went, how faithful the result is, and its latents.
/// Parts that are empty lists or null are left out of the page. <see cref="HtmlReport"/> writes it.
/// </summary>
public sealed record RunReport
{
    /// <summary>Gets the heading, such as "JumpReLU on resid_post, layer 2, of sample-lm".</summary>
    public required string Title { get; init; }

    /// <summary>Gets what was trained on what.</summary>
    public required RunProvenance Provenance { get; init; }

    /// <summary>Gets the logged steps of the training in ascending order of steps; empty where an SAE came without its history.</summary>
    public IReadOnlyList<TrainingPoint> Training { get; init; } = [];

    /// <summary>Gets the fidelity on held-out documents, or null where it was not measured.</summary>
    public FidelityMeasures? Fidelity { get; init; }

    /// <summary>Gets rows of other tools at the same place, shown beside this run; empty for none.</summary>
    public IReadOnlyList<ComparisonRow> Comparison { get; init; } = [];

    /// <summary>Gets one sentence on what makes the rows of <see cref="Comparison"/> comparable, and where they are from.</summary>
    public string ComparisonNote { get; init; } = string.Empty;

    /// <summary>
    /// Gets the number of latents by frequency: bins over log10(share of tokens on which the latent is active), ascending and adjoining;
    /// silent latents are in no bin.
    /// </summary>
    public IReadOnlyList<HistogramBin> FrequencyHistogram { get; init; } = [];

    /// <summary>Gets the latents that the report can show, in any order, each index once.</summary>
    public IReadOnlyList<LatentReport> Latents { get; init; } = [];

    /// <summary>Gets one sentence that states by which rule <see cref="LatentReport.TellingScore"/> ranks the latents.</summary>
    public string TellingRule { get; init; } = string.Empty;

    /// <summary>Gets one sentence on the tokens that frequencies and snippets were counted on, such as "130,334 held-out tokens of 55 documents".</summary>
    public string LatentsNote { get; init; } = string.Empty;
}
