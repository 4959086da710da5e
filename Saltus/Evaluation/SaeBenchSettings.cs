namespace Saltus.Evaluation;

/// <summary>What a result file of SAEBench says beside its numbers.</summary>
public sealed record SaeBenchSettings
{
    /// <summary>Gets the language model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the name of the text.</summary>
    public required string Dataset { get; init; }

    /// <summary>Gets the tokens of a prompt at most.</summary>
    public required int Context { get; init; }

    /// <summary>Gets the prompts of a batch; some metrics depend on it.</summary>
    public required int PromptsPerBatch { get; init; }

    /// <summary>Gets the hook that the SAE reads, in TransformerLens spelling.</summary>
    public required string HookName { get; init; }

    /// <summary>Gets the layer of the hook; null where it has none.</summary>
    public int? Layer { get; init; }

    /// <summary>Gets the SAE's name within its release; SAEBench writes "custom_sae" for one of no release.</summary>
    public string SaeId { get; init; } = "custom_sae";

    /// <summary>Gets the name of the release, or of the folder.</summary>
    public required string Release { get; init; }

    /// <summary>Gets the program that measured, where SAEBench names its commit and SAELens its version.</summary>
    public required string Program { get; init; }

    /// <summary>Gets when it was measured.</summary>
    public required DateTimeOffset Time { get; init; }
}
