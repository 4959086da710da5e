using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Saltus.Formats;

/// <summary>
/// Unpacks a gzip file, all its members, and checks length and CRC-32 of each. The framework's GZipStream ends without a word where a file was
/// cut short, so that a half-downloaded corpus would be read as a whole one; here the inflater is the framework's and the frame is ours.
/// </summary>
/// <remarks>
/// The inflater does not say where in the last block it was given the data ended. The eight bytes that must stand there are known by then
/// (CRC-32 and length of what came out), so they are looked for.
/// </remarks>
internal sealed class GzipReader : Stream
{
    private const int TrailerBytes = 8;
    private const int FixedHeaderBytes = 10;
    private readonly FileStream _file;
    private readonly Crc32 _checksum = new();
    private BlockStream? _blocks;
    private DeflateStream? _inflater;
    private uint _length;
    private bool _ended;

    private GzipReader(FileStream file) => _file = file;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens a file; reading throws <see cref="InvalidDataException"/> where it is damaged or cut short.</summary>
    public static GzipReader Open(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16));

    public override int Read(Span<byte> buffer)
    {
        while (buffer.Length > 0 && !_ended)
        {
            if (_inflater is null)
            {
                ReadHeader();
                _blocks = new BlockStream(_file);
                _inflater = new DeflateStream(_blocks, CompressionMode.Decompress, leaveOpen: true);
                _checksum.Reset();
                _length = 0;
            }

            int count = _inflater.Read(buffer);
            if (count > 0)
            {
                _checksum.Append(buffer[..count]);
                _length = unchecked(_length + (uint)count);
                return count;
            }

            FinishMember();
        }

        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflater?.Dispose();
            _blocks?.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidDataException Damaged(string what) => new($"gzip data is damaged or cut short: {what}");

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[FixedHeaderBytes];
        if (_file.ReadAtLeast(header, FixedHeaderBytes, throwOnEndOfStream: false) < FixedHeaderBytes)
        {
            throw Damaged("the header is not whole");
        }

        byte flags = header[3];
        if (header[0] != 0x1F || header[1] != 0x8B || header[2] != 8 || (flags & 0xE0) != 0)
        {
            throw Damaged("it does not begin as gzip");
        }

        // RFC 1952: extra field (bit 2), name (3), comment (4), checksum of the header (1), in this order.
        if ((flags & 4) != 0)
        {
            int extra = HeaderByte() | (HeaderByte() << 8);
            _file.Position += extra;
        }

        for (int text = ((flags >> 3) & 1) + ((flags >> 4) & 1); text > 0; text--)
        {
            while (HeaderByte() != 0)
            {
            }
        }

        _file.Position += (flags & 2) != 0 ? 2 : 0;
    }

    private int HeaderByte()
    {
        int value = _file.ReadByte();
        return value >= 0 ? value : throw Damaged("the header is not whole");
    }

    private void FinishMember()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
        long first = _blocks!.LastStart;
        byte[] region = new byte[(int)(_blocks.LastEnd - first) + TrailerBytes];
        _file.Position = first;
        int read = _file.ReadAtLeast(region, region.Length, throwOnEndOfStream: false);
        int found = region.AsSpan(0, read).IndexOf(trailer);
        if (found < 0)
        {
            throw Damaged("length or checksum of the content is another");
        }

        _inflater!.Dispose();
        _inflater = null;
        _blocks.Dispose();
        _file.Position = first + found + TrailerBytes;
        _ended = OnlyZerosFollow();
    }

    /// <summary>
    /// Passes over zeros, with which tape writers fill their last block (the trailer of an empty member is zeros too, and may have been found a
    /// byte early); anything else must be a further member, and stays to be read.
    /// </summary>
    private bool OnlyZerosFollow()
    {
        int value = _file.ReadByte();
        while (value == 0)
        {
            value = _file.ReadByte();
        }

        _file.Position -= value < 0 ? 0 : 1;
        return value < 0;
    }

    /// <summary>The file as the inflater sees it, noting which bytes it was given last.</summary>
    private sealed class BlockStream(FileStream file) : Stream
    {
        public long LastStart { get; private set; } = file.Position;

        public long LastEnd { get; private set; } = file.Position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            long start = file.Position;
            int count = file.Read(buffer);
            if (count > 0)
            {
                (LastStart, LastEnd) = (start, start + count);
            }

            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
