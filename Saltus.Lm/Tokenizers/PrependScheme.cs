namespace Saltus.Lm.Tokenizers;

/// <summary>Where Metaspace puts its character in front.</summary>
internal enum PrependScheme
{
    /// <summary>In front of every segment.</summary>
    Always,

    /// <summary>In front of the segment at the beginning of the text only.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}
