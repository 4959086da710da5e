namespace Saltus.Lm.Models;

/// <summary>
/// Where a family keeps its tensors: names without ".weight" and ".bias"; block names are relative to the block. Null where the family
/// has no such tensor.
/// </summary>
internal sealed record TensorNames
{
    /// <summary>What stands before all names but the head's; the first whose embedding is in the file counts.</summary>
    public required IReadOnlyList<string> Prefixes { get; init; }

    public required string Embedding { get; init; }

    public string? Positions { get; init; }

    public required string FinalNorm { get; init; }

    /// <summary>Names of an untied head, without prefix; the first that is in the file counts.</summary>
    public IReadOnlyList<string> Heads { get; init; } = ["lm_head"];

    /// <summary>What stands before the layer's index: "layers." or "h.".</summary>
    public string Blocks { get; init; } = "layers.";

    public string? AttentionNorm { get; init; }

    public string? AttentionPostNorm { get; init; }

    public string? MlpNorm { get; init; }

    public string? MlpPostNorm { get; init; }

    /// <summary>The fused tensor, or null where the next three are separate.</summary>
    public string? QueryKeyValue { get; init; }

    public string Query { get; init; } = "self_attn.q_proj";

    public string Key { get; init; } = "self_attn.k_proj";

    public string Value { get; init; } = "self_attn.v_proj";

    public string AttentionOutput { get; init; } = "self_attn.o_proj";

    public string QueryNorm { get; init; } = "self_attn.q_norm";

    public string KeyNorm { get; init; } = "self_attn.k_norm";

    public string Gate { get; init; } = "mlp.gate_proj";

    public string Up { get; init; } = "mlp.up_proj";

    public string Down { get; init; } = "mlp.down_proj";

    /// <summary>Ends of names of tensors that published files carry and that say nothing: masks and tables. Ignored by name.</summary>
    public IReadOnlyList<string> IgnoredEnds { get; init; } = [];

    /// <summary>Beginnings of names of tensors of other modalities.</summary>
    public IReadOnlyList<string> IgnoredBeginnings { get; init; } = [];
}
