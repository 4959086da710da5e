namespace Saltus.Lm.Activations;

/// <summary>What is wrong with a corpus.</summary>
public enum DocumentError
{
    /// <summary>A path is not there, is no kind of file that is read, or is a folder without such files.</summary>
    NoFile,

    /// <summary>The file cannot be read.</summary>
    Unreadable,

    /// <summary>The gzip or Zstandard stream is damaged or cut short.</summary>
    DamagedCompression,

    /// <summary>The Parquet file is damaged or cut short.</summary>
    DamagedParquet,

    /// <summary>A .npy file that does not hold token ids.</summary>
    NotTokens,

    /// <summary>Bytes that are not UTF-8.</summary>
    NotUtf8,

    /// <summary>A line that is not one JSON object.</summary>
    NotJson,

    /// <summary>The field of the text is missing, or not a string.</summary>
    NoText,

    /// <summary>A line or text file beyond the limit.</summary>
    TooLong,

    /// <summary>No document gives a window of at least two tokens with one that counts.</summary>
    NothingToRead,
}
