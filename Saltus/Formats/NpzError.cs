namespace Saltus.Formats;

/// <summary>What is wrong with a .npz archive; what is wrong with an array in it is a <see cref="NpyError"/>.</summary>
public enum NpzError
{
    /// <summary>There is no directory at the end, or it is not where the file says: no zip file, or one that was cut short.</summary>
    NotZip,

    /// <summary>The directory contradicts itself, the entries, or the limits.</summary>
    DirectoryInvalid,

    /// <summary>An entry is encrypted.</summary>
    Encrypted,

    /// <summary>An entry is compressed otherwise than stored or deflated.</summary>
    CompressionUnsupported,

    /// <summary>A name leads out of a folder.</summary>
    NameInvalid,

    /// <summary>Two entries have one name.</summary>
    DuplicateName,

    /// <summary>An entry does not inflate to the bytes that the directory says.</summary>
    DataInvalid,

    /// <summary>The checksum of an entry is another.</summary>
    ChecksumMismatch,
}
