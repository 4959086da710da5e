namespace Saltus.Lm.Tokenizers;

/// <summary>What becomes of a delimiter: "the-final--countdown" cut at "-".</summary>
internal enum SplitBehavior
{
    /// <summary>the · final · countdown.</summary>
    Removed,

    /// <summary>the · - · final · - · - · countdown.</summary>
    Isolated,

    /// <summary>the- · final- · - · countdown.</summary>
    MergedWithPrevious,

    /// <summary>the · -final · - · -countdown.</summary>
    MergedWithNext,

    /// <summary>the · - · final · -- · countdown.</summary>
    Contiguous,
}
