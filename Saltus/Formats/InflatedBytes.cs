using System.IO.Compression;

namespace Saltus.Formats;

/// <summary>The content of a deflated entry, inflated on demand: reading forwards goes on, reading backwards starts again.</summary>
/// <param name="deflated">The bytes in the archive.</param>
/// <param name="length">Bytes of the content, as the directory says.</param>
/// <param name="what">What errors name: entry and file.</param>
internal sealed class InflatedBytes(IByteSource deflated, long length, string what) : IByteSource
{
    private const int ScratchBytes = 1 << 16;
    private readonly object _lock = new();
    private DeflateStream? _stream;
    private long _position;

    public long Length { get; } = length;

    public bool IsRandomAccess => false;

    public void Read(long start, Span<byte> destination)
    {
        lock (_lock)
        {
            if (_stream is null || start < _position)
            {
                _stream?.Dispose();
                _stream = new DeflateStream(new ByteSourceStream(deflated), CompressionMode.Decompress);
                _position = 0;
            }

            byte[] scratch = _position < start ? new byte[Math.Min(ScratchBytes, start - _position)] : [];
            while (_position < start)
            {
                Fill(scratch.AsSpan(0, (int)Math.Min(scratch.Length, start - _position)));
            }

            Fill(destination);
        }
    }

    /// <summary>Checks that the content ends where the directory says; to be called once all of it was read.</summary>
    public void CheckEnd()
    {
        lock (_lock)
        {
            if (_stream is not null && _position == Length && Inflate(stackalloc byte[1]) != 0)
            {
                throw Fail($"expected {Length} bytes, found more", null);
            }
        }
    }

    public void Dispose() => _stream?.Dispose();

    private void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int count = Inflate(destination);
            if (count == 0)
            {
                throw Fail($"expected {Length} bytes, found only {_position}", null);
            }

            _position += count;
            destination = destination[count..];
        }
    }

    private int Inflate(Span<byte> destination)
    {
        try
        {
            return _stream!.Read(destination);
        }
        catch (InvalidDataException exception)
        {
            throw Fail("its bytes are not deflated data", exception);
        }
    }

    private NpzFormatException Fail(string message, Exception? cause)
    {
        // A stream that failed is not read from again.
        _stream?.Dispose();
        _stream = null;
        return new NpzFormatException(NpzError.DataInvalid, $"{what}: {message}", cause);
    }
}
