namespace Saltus.Lm.Activations;

/// <summary>What a file of a corpus holds.</summary>
internal enum DocumentFileKind
{
    /// <summary>A JSON object a line.</summary>
    Lines,

    /// <summary>One document of plain text.</summary>
    Text,

    /// <summary>A table of Apache Parquet, a document a row.</summary>
    Parquet,

    /// <summary>Token ids, a document a row.</summary>
    Tokens,
}
