using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// The zip archive as torch writes it: stored entries without times, whose content begins at a multiple of 64 (an extra field "FB" fills
/// up), sizes and checksum behind the content, the 64-bit directory always beside the classic one. Written forwards.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="folder">The folder of all records.</param>
internal sealed class TorchZipWriter(Stream stream, string folder)
{
    /// <summary>What records are aligned to, in bytes.</summary>
    public const int Alignment = 64;

    private const uint EndSignature = 0x06054B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;
    private const uint EntrySignature = 0x02014B50;
    private const uint HeaderSignature = 0x04034B50;
    private const uint DescriptorSignature = 0x08074B50;
    private const int HeaderLength = 30;
    private const int FieldHeader = 4;
    private const ushort Padding = 0x4246;
    private const ushort Zip64Field = 1;

    // Names are UTF-8; sizes and checksum follow the content.
    private const ushort Flags = 0x0808;

    // What the 64-bit end record says of its writer, as torch's does: 3.0 under Unix; read by 4.5.
    private const ushort MadeBy = 0x031E;
    private const ushort NeededBy = 45;
    private readonly List<(byte[] Name, uint Checksum, long Length, long Start)> _entries = [];
    private long _position;

    /// <summary>Adds a record.</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        byte[] copy = content.ToArray();
        Add(name, copy.Length, output => output.Write(copy));
    }

    /// <summary>Adds a record of so many bytes.</summary>
    public void Add(string name, long length, Action<Stream> write)
    {
        byte[] fullName = Encoding.UTF8.GetBytes($"{folder}/{name}");
        long start = _position;
        WriteHeader(fullName, length);
        Crc32 hash = new();
        using ChecksumStream content = new(stream, hash);
        write(content);
        if (content.Length != length)
        {
            throw new InvalidOperationException($"record {name}: {content.Length} bytes written, {length} announced");
        }

        _position += length;
        uint checksum = hash.GetCurrentHashAsUInt32();
        bool isWide = length >= uint.MaxValue;
        byte[] descriptor = new byte[isWide ? 24 : 16];
        Put(descriptor, 0, DescriptorSignature);
        Put(descriptor, 4, checksum);
        if (isWide)
        {
            Put(descriptor, 8, (ulong)length);
            Put(descriptor, 16, (ulong)length);
        }
        else
        {
            Put(descriptor, 8, (uint)length);
            Put(descriptor, 12, (uint)length);
        }

        Write(descriptor);
        _entries.Add((fullName, checksum, length, start));
    }

    /// <summary>Forty digits that differ between files of different content: a hash of names and one of checksums.</summary>
    public byte[] ContentId()
    {
        XxHash3 names = new();
        XxHash3 contents = new();
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        foreach ((byte[] name, uint crc, _, _) in _entries)
        {
            names.Append(name);
            names.Append("\0"u8);
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, crc);
            contents.Append(checksum);
        }

        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{names.GetCurrentHashAsUInt64():D20}{contents.GetCurrentHashAsUInt64():D20}"));
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        long start = _position;
        foreach ((byte[] name, uint checksum, long length, long entryStart) in _entries)
        {
            Write(DirectoryEntry(name, checksum, length, entryStart));
        }

        long size = _position - start;
        long end64 = _position;
        byte[] record = new byte[56];
        Put(record, 0, End64Signature);
        Put(record, 4, 44UL);
        Put(record, 12, MadeBy);
        Put(record, 14, NeededBy);
        Put(record, 24, (ulong)_entries.Count);
        Put(record, 32, (ulong)_entries.Count);
        Put(record, 40, (ulong)size);
        Put(record, 48, (ulong)start);
        Write(record);
        byte[] locator = new byte[20];
        Put(locator, 0, Locator64Signature);
        Put(locator, 8, (ulong)end64);
        Put(locator, 16, 1U);
        Write(locator);
        byte[] end = new byte[22];
        Put(end, 0, EndSignature);
        Put(end, 8, (ushort)Math.Min(_entries.Count, ushort.MaxValue));
        Put(end, 10, (ushort)Math.Min(_entries.Count, ushort.MaxValue));
        Put(end, 12, (uint)Math.Min(size, uint.MaxValue));
        Put(end, 16, (uint)Math.Min(start, uint.MaxValue));
        Write(end);
    }

    private static byte[] DirectoryEntry(byte[] name, uint checksum, long length, long start)
    {
        bool isWide = length >= uint.MaxValue;
        bool isFar = start >= uint.MaxValue;
        int fieldLength = (isWide ? 16 : 0) + (isFar ? 8 : 0);
        int extraLength = fieldLength > 0 ? FieldHeader + fieldLength : 0;
        byte[] entry = new byte[46 + name.Length + extraLength];
        Put(entry, 0, EntrySignature);
        Put(entry, 6, extraLength > 0 ? NeededBy : (ushort)0);
        Put(entry, 8, Flags);
        Put(entry, 16, checksum);
        Put(entry, 20, isWide ? uint.MaxValue : (uint)length);
        Put(entry, 24, isWide ? uint.MaxValue : (uint)length);
        Put(entry, 28, (ushort)name.Length);
        Put(entry, 30, (ushort)extraLength);
        Put(entry, 42, isFar ? uint.MaxValue : (uint)start);
        name.CopyTo(entry, 46);
        if (extraLength > 0)
        {
            int at = 46 + name.Length;
            Put(entry, at, Zip64Field);
            Put(entry, at + 2, (ushort)fieldLength);
            at += FieldHeader;
            if (isWide)
            {
                Put(entry, at, (ulong)length);
                Put(entry, at + 8, (ulong)length);
                at += 16;
            }

            if (isFar)
            {
                Put(entry, at, (ulong)start);
            }
        }

        return entry;
    }

    private static void Put(byte[] bytes, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);

    private static void Put(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Put(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);

    private void WriteHeader(byte[] name, long length)
    {
        // A size beyond 32 bits stands in a field of its own, with the sizes of zero that say "behind the content".
        int wide = length >= uint.MaxValue ? FieldHeader + 16 : 0;
        int fixedLength = HeaderLength + name.Length + wide + FieldHeader;
        int padding = (int)((Alignment - ((_position + fixedLength) % Alignment)) % Alignment);
        byte[] header = new byte[fixedLength + padding];
        Put(header, 0, HeaderSignature);
        Put(header, 4, wide > 0 ? NeededBy : (ushort)0);
        Put(header, 6, Flags);
        Put(header, 26, (ushort)name.Length);
        Put(header, 28, (ushort)(wide + FieldHeader + padding));
        name.CopyTo(header, HeaderLength);
        int at = HeaderLength + name.Length;
        if (wide > 0)
        {
            Put(header, 18, uint.MaxValue);
            Put(header, 22, uint.MaxValue);
            Put(header, at, Zip64Field);
            Put(header, at + 2, (ushort)16);
            at += wide;
        }

        Put(header, at, Padding);
        Put(header, at + 2, (ushort)padding);
        header.AsSpan(at + FieldHeader).Fill((byte)'Z');
        Write(header);
    }

    private void Write(byte[] bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }
}
