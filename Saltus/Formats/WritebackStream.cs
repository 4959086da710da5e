namespace Saltus.Formats;

/// <summary>
/// Passes on what is written to a file and has every few megabytes of it brought to the disk while the next are made, so that little is left
/// to wait for at the end.
/// </summary>
/// <param name="target">The file; not disposed with this.</param>
internal sealed class WritebackStream(FileStream target) : Stream
{
    /// <summary>Bytes that are brought to the disk together.</summary>
    public const long Portion = 8 << 20;

    private long _written;
    private long _begun;

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

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        target.Write(buffer);
        _written += buffer.Length;
        if (_written - _begun >= Portion)
        {
            DiskFlush.Begin(target, _begun, _written - _begun);
            _begun = _written;
        }
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
