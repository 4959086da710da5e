using System.IO.Hashing;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// A record of a torch file: a range of the mapping, or a deflated entry that is inflated once, when its first byte is asked for. The
/// checksum of an entry is compared then too.
/// </summary>
internal sealed class TorchBytes : IDisposable
{
    private const int BlockBytes = 1 << 20;
    private readonly MappedFile _file;
    private readonly ZipEntry? _entry;
    private readonly object _lock = new();
    private AlignedBuffer<byte>? _inflated;
    private bool _isVerified;

    /// <summary>A range without a checksum.</summary>
    public TorchBytes(MappedFile file, long start, long length)
    {
        _file = file;
        Start = start;
        Length = length;
        _isVerified = true;
    }

    /// <summary>An entry of an archive.</summary>
    public TorchBytes(MappedFile file, ZipEntry entry)
    {
        _file = file;
        _entry = entry;
        Start = entry.IsDeflated ? 0 : entry.DataStart;
        Length = entry.Length;
    }

    /// <summary>Where it begins in the file; 0 for a deflated one.</summary>
    public long Start { get; }

    public long Length { get; }

    /// <summary>Whether the bytes lie in the file as they are.</summary>
    public bool IsInPlace => _entry is not { IsDeflated: true };

    /// <summary>The bytes themselves; the caller holds the mapping while it uses them.</summary>
    public ReadOnlySpan<byte> Span(long start, int count)
    {
        Verify();
        return _inflated is null ? _file.Bytes(Start + start, count) : _inflated.Slice(start, count);
    }

    public void Dispose() => _inflated?.Dispose();

    private void Verify()
    {
        if (Volatile.Read(ref _isVerified))
        {
            return;
        }

        lock (_lock)
        {
            if (_isVerified || _entry is null)
            {
                return;
            }

            string what = $"entry '{_entry.Name.ReplaceLineEndings(" ")}' in '{_file.Path}'";
            AlignedBuffer<byte>? inflated = _entry.IsDeflated ? Inflate(_entry, what) : null;
            Crc32 checksum = new();
            for (long start = 0; start < Length; start += BlockBytes)
            {
                int count = (int)Math.Min(BlockBytes, Length - start);
                checksum.Append(inflated is null ? _file.Bytes(Start + start, count) : inflated.Slice(start, count));
            }

            uint found = checksum.GetCurrentHashAsUInt32();
            if (found != _entry.Checksum)
            {
                inflated?.Dispose();
                throw new TorchFormatException(TorchError.ChecksumMismatch, $"{what}: expected checksum {_entry.Checksum:x8}, found {found:x8}; the file is damaged");
            }

            _inflated = inflated;
            Volatile.Write(ref _isVerified, true);
        }
    }

    private AlignedBuffer<byte> Inflate(ZipEntry entry, string what)
    {
        AlignedBuffer<byte> buffer = new(entry.Length);
        try
        {
            using InflatedBytes bytes = new(new MappedBytes(_file, entry.DataStart, entry.CompressedLength), entry.Length, what);
            for (long start = 0; start < entry.Length; start += BlockBytes)
            {
                bytes.Read(start, buffer.Slice(start, (int)Math.Min(BlockBytes, entry.Length - start)));
            }

            bytes.CheckEnd();
            return buffer;
        }
        catch (NpzFormatException exception)
        {
            buffer.Dispose();
            throw TorchFormatException.Archive(exception);
        }
    }
}
