using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// Writes arrays as a .npz file, whole or not at all, with the bytes that numpy.savez writes: stored, in the order of the calls, dates of 1980, 64-bit
/// sizes in every local header. Arrays are read twice (checksum, content) and stream through a small buffer.
/// </summary>
public sealed class NpzWriter
{
    private const uint LocalSignature = 0x04034b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const ushort Version64 = 45;

    /// <summary>Unix, version 4.5.</summary>
    private const ushort MadeBy = (3 << 8) | Version64;

    /// <summary>1 January 1980.</summary>
    private const ushort Date = 0x21;

    /// <summary>Readable and writable by the owner.</summary>
    private const uint Attributes = 0x180u << 16;

    /// <summary>From here on Python's zip writer uses 64-bit fields.</summary>
    private const long Largest32 = int.MaxValue;

    private readonly List<Entry> _entries = [];

    /// <summary>Adds an array that is read a block at a time while the file is written.</summary>
    /// <param name="name">Its name, without ".npy".</param>
    /// <param name="dtype">F32 or F16: values are rounded to nearest even (beyond F16's range: to infinity).</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="read">Gives the values; is asked for everything twice.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or NumPy has no such type.</exception>
    public NpzWriter Add(string name, TensorDtype dtype, ReadOnlySpan<long> shape, TensorReader read)
    {
        if (_entries.Exists(entry => entry.Name == name + ".npy"))
        {
            throw new ArgumentException($"an array '{name}' cannot be added: the name is taken", nameof(name));
        }

        byte[] header = NpyWriter.Header(shape, dtype);
        long count = 1;
        foreach (long size in shape)
        {
            count = checked(count * size);
        }

        _entries.Add(new Entry(name + ".npy", header.Length + (count * dtype.ByteSize()), stream =>
        {
            stream.Write(header);
            SafetensorsWriter.WriteFloats(stream, dtype, count, read);
        }));
        return this;
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file system refused; what was there before is untouched.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">The stream; is not read and not sought in.</param>
    public void Write(Stream stream)
    {
        using MemoryStream directory = new();
        long offset = 0;
        foreach (Entry entry in _entries)
        {
            Checksum checksum = new();
            entry.Write(checksum);
            byte[] name = Encoding.UTF8.GetBytes(entry.Name);
            byte[] local = Local(name, checksum.Value, entry.Bytes);
            stream.Write(local);
            entry.Write(stream);
            directory.Write(Central(name, checksum.Value, entry.Bytes, offset));
            offset += local.Length + entry.Bytes;
        }

        stream.Write(directory.GetBuffer().AsSpan(0, (int)directory.Length));
        stream.Write(End(directory.Length, offset));
    }

    private static byte[] Local(byte[] name, uint checksum, long bytes)
    {
        Fields fields = new();
        fields.UInt32(LocalSignature).UInt16(Version64).UInt16(0).UInt16(0).UInt16(0).UInt16(Date).UInt32(checksum).UInt32(uint.MaxValue).UInt32(uint.MaxValue);
        fields.UInt16((ushort)name.Length).UInt16(20).Bytes(name);
        return fields.UInt16(1).UInt16(16).Int64(bytes).Int64(bytes).ToArray();
    }

    private static byte[] Central(byte[] name, uint checksum, long bytes, long offset)
    {
        Fields extra = new();
        if (bytes > Largest32)
        {
            extra.Int64(bytes).Int64(bytes);
        }

        if (offset > Largest32)
        {
            extra.Int64(offset);
        }

        byte[] wide = extra.ToArray();
        Fields fields = new();
        fields.UInt32(CentralSignature).UInt16(MadeBy).UInt16(Version64).UInt16(0).UInt16(0).UInt16(0).UInt16(Date).UInt32(checksum);
        fields.UInt32(Short(bytes)).UInt32(Short(bytes)).UInt16((ushort)name.Length).UInt16((ushort)(wide.Length == 0 ? 0 : wide.Length + 4));
        fields.UInt16(0).UInt16(0).UInt16(0).UInt32(Attributes).UInt32(Short(offset)).Bytes(name);
        return wide.Length == 0 ? fields.ToArray() : fields.UInt16(1).UInt16((ushort)wide.Length).Bytes(wide).ToArray();
    }

    private static uint Short(long value) => value > Largest32 ? uint.MaxValue : (uint)value;

    private byte[] End(long directoryBytes, long offset)
    {
        Fields fields = new();
        if (offset > Largest32)
        {
            fields.UInt32(End64Signature).Int64(44).UInt16(Version64).UInt16(Version64).UInt32(0).UInt32(0).Int64(_entries.Count).Int64(_entries.Count).Int64(directoryBytes).Int64(offset);
            fields.UInt32(Locator64Signature).UInt32(0).Int64(offset + directoryBytes).UInt32(1);
        }

        fields.UInt32(EndSignature).UInt16(0).UInt16(0).UInt16((ushort)_entries.Count).UInt16((ushort)_entries.Count);
        return fields.UInt32((uint)directoryBytes).UInt32(Short(offset)).UInt16(0).ToArray();
    }

    private sealed record Entry(string Name, long Bytes, Action<Stream> Write);

    /// <summary>Little-endian numbers one behind the other.</summary>
    private sealed class Fields
    {
        private readonly List<byte> _bytes = [];

        public Fields UInt16(ushort value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(ushort)];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
            return Bytes(bytes);
        }

        public Fields UInt32(uint value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            return Bytes(bytes);
        }

        public Fields Int64(long value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return Bytes(bytes);
        }

        public Fields Bytes(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];
    }

    /// <summary>Takes bytes for their CRC-32 alone.</summary>
    private sealed class Checksum : Stream
    {
        private readonly Crc32 _crc = new();

        public uint Value => _crc.GetCurrentHashAsUInt32();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer) => _crc.Append(buffer);

        public override void Write(byte[] buffer, int offset, int count) => _crc.Append(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
