namespace Saltus.Lm.Tokenizers;

/// <summary>The settings of a BPE model besides vocabulary and merges.</summary>
internal sealed record BpeOptions
{
    /// <summary>Text of the unknown token, or null: then what is unknown is dropped.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>Put before every symbol but a piece's first, before it is looked up.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>Put behind a piece's last symbol before it is looked up.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether neighbouring unknown symbols are one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether an unknown symbol becomes tokens &lt;0xNN&gt; of its bytes where the vocabulary has them all.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a piece that is a token as a whole is taken without merging.</summary>
    public bool IgnoreMerges { get; init; }
}
