namespace Saltus.Lm.Interpretation;

/// <summary>Names and numbers that a batch file of Neuronpedia has beside its latents.</summary>
public sealed record NeuronpediaSettings
{
    /// <summary>Gets the language model's name.</summary>
    public required string ModelId { get; init; }

    /// <summary>Gets the layer.</summary>
    public required int Layer { get; init; }

    /// <summary>Gets the name of the SAE's set.</summary>
    public required string SaeSet { get; init; }

    /// <summary>Gets what is put behind the SAE's name; null for nothing.</summary>
    public string? SaeIdSuffix { get; init; }

    /// <summary>Gets the number of prompts, at least 1.</summary>
    public required int Prompts { get; init; }

    /// <summary>Gets the tokens of a prompt, at least 1.</summary>
    public required int TokensOfPrompt { get; init; }

    /// <summary>Gets the name of the text.</summary>
    public required string Dataset { get; init; }
}
