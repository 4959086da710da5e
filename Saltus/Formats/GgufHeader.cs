using System.Globalization;

namespace Saltus.Formats;

/// <summary>The header of a GGUF file, checked whole: metadata and tensors, each within the file and apart from the others.</summary>
internal sealed class GgufHeader
{
    private const int DefaultAlignment = 32;
    private const string AlignmentKey = "general.alignment";

    // A key begins with its length; the shortest tensor has no name, no dimension, type and offset.
    private const int LeastKeyBytes = 8;
    private const int LeastTensorBytes = 8 + 4 + 4 + 8;

    private GgufHeader(int version, GgufMetadata metadata, IReadOnlyList<TensorInfo> tensors)
    {
        Version = version;
        Metadata = metadata;
        Tensors = tensors;
        ByName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public int Version { get; }

    public GgufMetadata Metadata { get; }

    /// <summary>In the order of their data.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    public IReadOnlyDictionary<string, TensorInfo> ByName { get; }

    /// <exception cref="GgufFormatException">The file is no GGUF file that can be read.</exception>
    public static GgufHeader Read(MappedFile file)
    {
        var cursor = new GgufCursor(file);
        int version = ReadVersion(cursor);
        ulong tensorCount = cursor.UInt64("number of tensors");
        ulong keyCount = cursor.UInt64("number of keys");
        CheckCount(cursor, tensorCount, LeastTensorBytes, "tensors");
        CheckCount(cursor, keyCount, LeastKeyBytes, "keys");
        GgufMetadata metadata = ReadMetadata(cursor, (int)keyCount);
        List<GgufTensorEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (ulong i = 0; i < tensorCount; i++)
        {
            GgufTensorEntry entry = GgufTensorEntry.Read(cursor, i);
            if (!names.Add(entry.Name))
            {
                GgufFormatException.Throw(GgufError.DuplicateTensor, $"'{cursor.Path}': expected each tensor once, found '{entry.Name}' twice");
            }

            entries.Add(entry);
        }

        return new GgufHeader(version, metadata, Place(file, entries, cursor.Position, ReadAlignment(metadata)));
    }

    private static int ReadVersion(GgufCursor cursor)
    {
        const uint Magic = 0x46554747;
        const int FixedBytes = 24;
        const uint HalfMask = 0xFFFF;
        if (cursor.Left < FixedBytes)
        {
            GgufFormatException.Throw(GgufError.FileTooShort, $"'{cursor.Path}': expected a GGUF header of at least {FixedBytes} bytes, found {cursor.Left}; fetch the file again");
        }

        uint magic = cursor.UInt32("magic");
        if (magic != Magic)
        {
            GgufFormatException.Throw(GgufError.WrongMagic, $"'{cursor.Path}': expected a file that begins with GGUF, found the bytes {magic:X8}");
        }

        uint version = cursor.UInt32("version");
        if (version is 2 or 3)
        {
            return (int)version;
        }

        if (version > HalfMask && (version & HalfMask) == 0)
        {
            GgufFormatException.Throw(GgufError.BigEndian, $"'{cursor.Path}': expected little-endian numbers, found big-endian ones; convert the file");
        }

        throw new GgufFormatException(GgufError.UnsupportedVersion, $"'{cursor.Path}': expected GGUF version 2 or 3, found {version}; convert the file anew");
    }

    private static void CheckCount(GgufCursor cursor, ulong count, int leastBytes, string what)
    {
        if (count > (ulong)(cursor.Left / leastBytes))
        {
            GgufFormatException.Throw(GgufError.CountTooLarge, $"'{cursor.Path}': expected as many {what} as fit the {cursor.Left} bytes that are left, found {count} announced");
        }
    }

    private static GgufMetadata ReadMetadata(GgufCursor cursor, int count)
    {
        Dictionary<string, object> values = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = cursor.Text(GgufLimits.MaxKeyBytes, string.Create(CultureInfo.InvariantCulture, $"name of key {i}"));
            if (!values.TryAdd(key, cursor.Value(key)))
            {
                GgufFormatException.Throw(GgufError.DuplicateKey, $"'{cursor.Path}': expected each key once, found '{key}' twice");
            }
        }

        return new GgufMetadata(cursor.Path, values);
    }

    private static uint ReadAlignment(GgufMetadata metadata)
    {
        object? value = metadata.Find(AlignmentKey);
        if (value is null)
        {
            return DefaultAlignment;
        }

        return value is uint alignment && uint.IsPow2(alignment)
            ? alignment
            : throw new GgufFormatException(
                GgufError.InvalidAlignment, $"'{metadata.Source}': key '{AlignmentKey}': expected a power of two of type uint32, found {GgufMetadata.Describe(value)}");
    }

    private static List<TensorInfo> Place(MappedFile file, List<GgufTensorEntry> entries, long headerEnd, uint alignment)
    {
        // Adding the alignment cannot overflow: it has 32 bits, and the header lies within a file.
        long data = (headerEnd + alignment - 1) / alignment * alignment;
        List<TensorInfo> tensors = new(entries.Count);
        TensorInfo? before = null;
        foreach (GgufTensorEntry entry in entries.OrderBy(entry => entry.Offset))
        {
            if (entry.Offset % alignment != 0)
            {
                GgufFormatException.Throw(
                    GgufError.OffsetUnaligned, $"tensor '{entry.Name}' in '{file.Path}': expected an offset that is a multiple of {alignment}, found {entry.Offset}");
            }

            long room = Math.Max(0, file.Length - data);
            if (entry.Offset > (ulong)room || entry.ByteLength > room - (long)entry.Offset)
            {
                GgufFormatException.Throw(
                    GgufError.DataTruncated,
                    $"tensor '{entry.Name}' in '{file.Path}': expected {entry.ByteLength} bytes at offset {entry.Offset} of the data, found {room} bytes of data in all; fetch the file again");
            }

            TensorInfo tensor = new(entry.Name, entry.Dtype, entry.Shape, data + (long)entry.Offset, entry.ByteLength);
            if (before is not null && before.Start + before.ByteLength > tensor.Start)
            {
                GgufFormatException.Throw(GgufError.Overlap, $"tensors '{before.Name}' and '{tensor.Name}' in '{file.Path}': expected data apart from one another, found shared bytes");
            }

            tensors.Add(tensor);
            before = tensor;
        }

        return tensors;
    }
}
