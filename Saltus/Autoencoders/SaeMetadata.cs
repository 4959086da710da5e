namespace Saltus.Autoencoders;

/// <summary>What a file says about an SAE beside its weights: where its vectors come from.</summary>
public sealed record SaeMetadata
{
    /// <summary>Gets the language model's name or folder; null if unknown.</summary>
    public string? ModelName { get; init; }

    /// <summary>Gets the hook that the vectors are read at, in TransformerLens spelling ("blocks.2.hook_resid_post"); null if unknown.</summary>
    public string? HookName { get; init; }

    /// <summary>Gets the hook of a transcoder's target; null for autoencoders.</summary>
    public string? OutputHookName { get; init; }

    /// <summary>Gets the tokens of a window, BOS included; null if unknown.</summary>
    public int? ContextSize { get; init; }

    /// <summary>Gets whether windows begin with BOS; null if unknown.</summary>
    public bool? PrependBos { get; init; }

    /// <summary>Gets the name of the text it was trained on; null if unknown.</summary>
    public string? Dataset { get; init; }

    /// <summary>Gets the method it was trained by, such as "jumprelu" or "batchtopk"; null if unknown.</summary>
    public string? TrainingMethod { get; init; }

    /// <summary>Gets the format it was read from, such as "saelens"; null for one that was just trained.</summary>
    public string? SourceFormat { get; init; }
}
