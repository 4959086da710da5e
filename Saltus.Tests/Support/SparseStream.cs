namespace Saltus.Tests.Support;

/// <summary>Writes a file and leaves holes where blocks of zeros go, so that one of gigabytes takes no space.</summary>
internal sealed class SparseStream(string path) : Stream
{
    private const int LeastHole = 1 << 12;
    private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length >= LeastHole && !buffer.ContainsAnyExcept((byte)0))
        {
            _file.Seek(buffer.Length, SeekOrigin.Current);
        }
        else
        {
            _file.Write(buffer);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => _file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }
}
