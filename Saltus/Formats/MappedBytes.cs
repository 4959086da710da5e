namespace Saltus.Formats;

/// <summary>A range of a mapped file. Does not own the mapping.</summary>
/// <param name="file">The mapping.</param>
/// <param name="offset">Where the range begins.</param>
/// <param name="length">Bytes.</param>
internal sealed class MappedBytes(MappedFile file, long offset, long length) : IByteSource
{
    public long Length { get; } = length;

    public bool IsRandomAccess => true;

    public void Read(long start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - destination.Length);
        file.Hold();
        try
        {
            file.Bytes(offset + start, destination.Length).CopyTo(destination);
        }
        finally
        {
            file.Release();
        }
    }

    public void Dispose()
    {
    }
}
