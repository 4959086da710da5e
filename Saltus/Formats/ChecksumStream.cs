using System.IO.Hashing;

namespace Saltus.Formats;

/// <summary>Passes on what is written and keeps its checksum, so that it costs no second reading.</summary>
/// <param name="target">Where the bytes go; not disposed with this.</param>
/// <param name="hash">Which checksum; null for XxHash128.</param>
internal sealed class ChecksumStream(Stream target, NonCryptographicHashAlgorithm? hash = null) : Stream
{
    private readonly NonCryptographicHashAlgorithm _hash = hash ?? new XxHash128();
    private long _written;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _written;

    /// <inheritdoc/>
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    /// <summary>Gets the checksum of everything written so far; 16 bytes of XxHash128.</summary>
    public byte[] Checksum => _hash.GetCurrentHash();

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.Append(buffer);
        _written += buffer.Length;
        target.Write(buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => target.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
