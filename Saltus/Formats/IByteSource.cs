namespace Saltus.Formats;

/// <summary>A run of bytes that may have to be inflated: a part of a mapped file, or an entry of an archive. Safe from several threads.</summary>
internal interface IByteSource : IDisposable
{
    /// <summary>Number of bytes.</summary>
    long Length { get; }

    /// <summary>Whether reading backwards costs no more than reading forwards.</summary>
    bool IsRandomAccess { get; }

    /// <summary>Fills the destination from an offset on; the range lies inside.</summary>
    void Read(long start, Span<byte> destination);
}
