using System.Buffers.Binary;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// The directory at the end of a zip file, of 32 or 64 bits: entries that are stored or deflated, not encrypted, under names that stay
/// inside a folder. Strict where the common readers guess: nothing before the first entry counts as prefix, and every number is checked.
/// </summary>
internal sealed class ZipDirectory
{
    private const uint EndSignature = 0x06054B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;
    private const uint EntrySignature = 0x02014B50;
    private const uint HeaderSignature = 0x04034B50;
    private const int EndLength = 22;
    private const int End64Length = 56;
    private const int Locator64Length = 20;
    private const int EntryLength = 46;
    private const int HeaderLength = 30;
    private const ushort Zip64Field = 1;
    private const int EncryptionFlags = 0x2041;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;

    private readonly MappedFile _file;

    private ZipDirectory(MappedFile file) => _file = file;

    /// <summary>Reads the entries of a mapped file, in the order of the directory.</summary>
    /// <exception cref="NpzFormatException">Something is wrong.</exception>
    public static List<ZipEntry> Read(MappedFile file) => new ZipDirectory(file).Read();

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private NpzFormatException Fail(NpzError error, string message) => new(error, $"'{_file.Path}': {message}");

    private NpzFormatException FailEntry(NpzError error, string name, string message) =>
        new(error, $"entry '{name.ReplaceLineEndings(" ")}' in '{_file.Path}': {message}");

    private ReadOnlySpan<byte> Bytes(long start, int count, string what) => start >= 0 && start <= _file.Length - count
        ? _file.Bytes(start, count)
        : throw Fail(NpzError.DirectoryInvalid, $"{what} lies outside the file");

    private List<ZipEntry> Read()
    {
        (long position, long end, ulong count) = FindDirectory();
        if (count > NpzLimits.MaxEntries)
        {
            throw Fail(NpzError.DirectoryInvalid, $"expected at most {NpzLimits.MaxEntries} entries, found {count}");
        }

        long directoryStart = position;
        List<ZipEntry> entries = [];
        HashSet<string> names = [];
        while (position < end)
        {
            ZipEntry entry = ReadEntry(ref position, end, directoryStart);
            if (!names.Add(entry.Name))
            {
                throw FailEntry(NpzError.DuplicateName, entry.Name, "there are two of that name");
            }

            entries.Add(entry);
        }

        if ((ulong)entries.Count != count)
        {
            throw Fail(NpzError.DirectoryInvalid, $"the directory says {count} entries, found {entries.Count}");
        }

        CheckOverlap(entries);
        return entries;
    }

    private (long Start, long End, ulong Count) FindDirectory()
    {
        long end = FindEnd();
        ReadOnlySpan<byte> record = _file.Bytes(end, EndLength);
        (ulong here, ulong total, ulong size, ulong start) = (UInt16(record, 8), UInt16(record, 10), UInt32(record, 12), UInt32(record, 16));
        long directoryEnd = end;
        bool needs64 = total == ushort.MaxValue || size == uint.MaxValue || start == uint.MaxValue;

        // Some writers (torch among them) add the 64-bit record always: then both must say the same.
        bool has64 = end >= Locator64Length && UInt32(_file.Bytes(end - Locator64Length, Locator64Length), 0) == Locator64Signature;
        if (needs64 || has64)
        {
            ReadOnlySpan<byte> locator = Bytes(end - Locator64Length, Locator64Length, "the 64-bit locator");
            if (!has64 || UInt64(locator, 8) > (ulong)(end - Locator64Length))
            {
                throw Fail(NpzError.NotZip, "the 64-bit directory is not where the file says");
            }

            directoryEnd = (long)UInt64(locator, 8);
            ReadOnlySpan<byte> record64 = Bytes(directoryEnd, End64Length, "the 64-bit end record");
            (ulong here64, ulong total64, ulong size64, ulong start64) = (UInt64(record64, 24), UInt64(record64, 32), UInt64(record64, 40), UInt64(record64, 48));
            bool agrees = Agrees(here, here64, ushort.MaxValue) && Agrees(total, total64, ushort.MaxValue) && Agrees(size, size64, uint.MaxValue) && Agrees(start, start64, uint.MaxValue);
            if (UInt32(record64, 0) != End64Signature || !agrees)
            {
                throw Fail(NpzError.NotZip, "the 64-bit directory is not where the file says, or says otherwise than the 32-bit one");
            }

            (here, total, size, start) = (here64, total64, size64, start64);
        }

        if (here != total || UInt16(record, 4) is not (0 or ushort.MaxValue))
        {
            throw Fail(NpzError.DirectoryInvalid, $"expected one file with {total} entries, found a part of several with {here}");
        }

        return start <= (ulong)directoryEnd && size == (ulong)directoryEnd - start
            ? ((long)start, directoryEnd, total)
            : throw Fail(NpzError.NotZip, $"the directory is said to lie at {start} with {size} bytes, its end is at {directoryEnd}; bytes were added or lost");
    }

    /// <summary>Whether a number of the classic record is that of the 64-bit one, or leaves it to that one.</summary>
    private static bool Agrees(ulong narrow, ulong wide, ulong leftOpen) => narrow == leftOpen || narrow == wide;

    /// <summary>The end record: the last 22 bytes, or before them as many as its comment says.</summary>
    private long FindEnd()
    {
        long first = Math.Max(0, _file.Length - EndLength - ushort.MaxValue);
        for (long position = _file.Length - EndLength; position >= first; position--)
        {
            ReadOnlySpan<byte> record = _file.Bytes(position, EndLength);
            if (UInt32(record, 0) == EndSignature && position + EndLength + UInt16(record, 20) == _file.Length)
            {
                return position;
            }
        }

        throw Fail(NpzError.NotZip, "expected a zip directory at the end, found none; the file may be cut short");
    }

    private ZipEntry ReadEntry(ref long position, long end, long directoryStart)
    {
        if (position > end - EntryLength || UInt32(_file.Bytes(position, EntryLength), 0) != EntrySignature)
        {
            throw Fail(NpzError.DirectoryInvalid, $"expected an entry of the directory at byte {position}, found none");
        }

        ReadOnlySpan<byte> entry = _file.Bytes(position, EntryLength);
        (int nameLength, int extraLength, int commentLength) = (UInt16(entry, 28), UInt16(entry, 30), UInt16(entry, 32));
        long next = position + EntryLength + nameLength + extraLength + commentLength;
        if (next > end)
        {
            throw Fail(NpzError.DirectoryInvalid, $"the entry at byte {position} runs over the end of the directory");
        }

        ReadOnlySpan<byte> nameBytes = _file.Bytes(position + EntryLength, nameLength);
        string name = CheckName(nameBytes);
        (int flags, ushort method) = (UInt16(entry, 8), UInt16(entry, 10));
        if ((flags & EncryptionFlags) != 0)
        {
            throw FailEntry(NpzError.Encrypted, name, "it is encrypted; save it without a password");
        }

        if (method is not (Stored or Deflated))
        {
            throw FailEntry(NpzError.CompressionUnsupported, name, $"expected method 0 (stored) or 8 (deflated), found {method}; save it again without that compression");
        }

        ulong length = UInt32(entry, 24);
        ulong compressed = UInt32(entry, 20);
        ulong start = UInt32(entry, 42);
        ReadWide(_file.Bytes(position + EntryLength + nameLength, extraLength), name, ref length, ref compressed, ref start);
        if (start > (ulong)directoryStart || compressed > (ulong)directoryStart || length > long.MaxValue)
        {
            throw FailEntry(NpzError.DirectoryInvalid, name, "it lies outside the file");
        }

        bool fits = method == Stored ? length == compressed : (Int128)length <= (Int128)compressed * NpzLimits.MaxInflation;
        if (!fits)
        {
            throw FailEntry(NpzError.DirectoryInvalid, name, $"{compressed} bytes cannot inflate to {length}");
        }

        position = next;
        long dataStart = CheckHeader(name, nameBytes, method, (long)start, directoryStart - (long)compressed);
        return new ZipEntry(name, method == Deflated, UInt32(entry, 16), (long)compressed, (long)length, (long)start, dataStart);
    }

    private string CheckName(ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.UTF8.GetString(bytes);
        bool isSafe = name.Length > 0 && name[0] != '/' && !name.AsSpan().ContainsAny('\\', ':', '\0') && !name.Split('/').Contains("..", StringComparer.Ordinal);
        return isSafe ? name : throw FailEntry(NpzError.NameInvalid, name, "expected a name that stays inside a folder");
    }

    /// <summary>Sizes and offset of 64 bits, for those whose 32 bits are all ones.</summary>
    private void ReadWide(ReadOnlySpan<byte> extra, string name, ref ulong length, ref ulong compressed, ref ulong start)
    {
        while (extra.Length >= 4)
        {
            (ushort id, int size) = (UInt16(extra, 0), UInt16(extra, 2));
            if (size > extra.Length - 4)
            {
                break;
            }

            ReadOnlySpan<byte> field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            if (id == Zip64Field)
            {
                Take(ref field, ref length);
                Take(ref field, ref compressed);
                Take(ref field, ref start);
                return;
            }
        }

        void Take(ref ReadOnlySpan<byte> field, ref ulong value)
        {
            if (value != uint.MaxValue)
            {
                return;
            }

            if (field.Length < sizeof(ulong))
            {
                throw FailEntry(NpzError.DirectoryInvalid, name, "its 64-bit sizes are cut short");
            }

            value = UInt64(field, 0);
            field = field[sizeof(ulong)..];
        }
    }

    /// <summary>The entry's own header must name the same file and method; returns where the bytes begin, at most <paramref name="last"/>.</summary>
    private long CheckHeader(string name, ReadOnlySpan<byte> nameBytes, ushort method, long start, long last)
    {
        ReadOnlySpan<byte> header = Bytes(start, HeaderLength, $"the header of '{name.ReplaceLineEndings(" ")}'");
        int nameLength = UInt16(header, 26);
        long dataStart = start + HeaderLength + nameLength + UInt16(header, 28);
        bool agrees = UInt32(header, 0) == HeaderSignature && UInt16(header, 8) == method && (UInt16(header, 6) & EncryptionFlags) == 0
            && dataStart <= last && Bytes(start + HeaderLength, nameLength, "a name").SequenceEqual(nameBytes);
        return agrees ? dataStart : throw FailEntry(NpzError.DirectoryInvalid, name, $"the header at byte {start} says otherwise than the directory");
    }

    private void CheckOverlap(List<ZipEntry> entries)
    {
        long end = 0;
        foreach (ZipEntry entry in entries.OrderBy(entry => entry.HeaderStart))
        {
            if (entry.HeaderStart < end)
            {
                throw FailEntry(NpzError.DirectoryInvalid, entry.Name, "it shares bytes with another");
            }

            end = entry.DataStart + entry.CompressedLength;
        }
    }
}
