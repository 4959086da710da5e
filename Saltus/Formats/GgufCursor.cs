using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// Reads the header of a GGUF file from front to back (little-endian). Everything is checked against what is left of the file before it is
/// allocated. The caller holds the mapping.
/// </summary>
internal sealed class GgufCursor(MappedFile file)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Offset of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that are left.</summary>
    public long Left => file.Length - Position;

    public string Path => file.Path;

    public uint UInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint), what));

    public ulong UInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));

    /// <summary>A length and so many bytes of UTF-8.</summary>
    public string Text(int most, string what)
    {
        ulong length = UInt64(what);
        if (length > (ulong)most || length > (ulong)Left)
        {
            string limit = (ulong)most < (ulong)Left ? $"at most {most} bytes" : $"at most the {Left} bytes that are left";
            GgufFormatException.Throw(GgufError.TextTooLong, $"'{Path}': {what} at byte {Position}: expected {limit}, found a length of {length}");
        }

        long start = Position;
        try
        {
            return s_strict.GetString(Take((int)length, what));
        }
        catch (DecoderFallbackException)
        {
            throw new GgufFormatException(GgufError.InvalidText, $"'{Path}': {what} at byte {start}: expected valid UTF-8, found other bytes");
        }
    }

    /// <summary>The value of a key: a number, a bool, a string, or an array of one of them, or of arrays.</summary>
    public object Value(string key) => Value((GgufValueType)UInt32(What(key)), key, 0);

    private static string What(string key) => $"key '{key}'";

    private object Value(GgufValueType type, string key, int depth)
    {
        string what = What(key);
        switch (type)
        {
            case GgufValueType.UInt8: return Take(1, what)[0];
            case GgufValueType.Int8: return (sbyte)Take(1, what)[0];
            case GgufValueType.UInt16: return BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort), what));
            case GgufValueType.Int16: return BinaryPrimitives.ReadInt16LittleEndian(Take(sizeof(short), what));
            case GgufValueType.UInt32: return UInt32(what);
            case GgufValueType.Int32: return BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int), what));
            case GgufValueType.Float32: return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float), what));
            case GgufValueType.Bool: return Bools(Take(1, what), what)[0];
            case GgufValueType.Text: return Text(int.MaxValue, what);
            case GgufValueType.Array: return Array(key, depth + 1);
            case GgufValueType.UInt64: return UInt64(what);
            case GgufValueType.Int64: return BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), what));
            case GgufValueType.Float64: return BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double), what));
            default:
                throw new GgufFormatException(GgufError.UnknownValueType, $"'{Path}': {what}: expected a type of value from 0 to 12, found {(uint)type}");
        }
    }

    private object Array(string key, int depth)
    {
        string what = What(key);
        if (depth > GgufLimits.MaxNesting)
        {
            GgufFormatException.Throw(GgufError.NestingTooDeep, $"'{Path}': {what}: expected arrays at most {GgufLimits.MaxNesting} deep, found deeper ones");
        }

        var type = (GgufValueType)UInt32(what);
        ulong length = UInt64(what);
        int least = LeastBytes(type, what);
        if (length > (ulong)(Left / least) || length > (ulong)System.Array.MaxLength)
        {
            GgufFormatException.Throw(GgufError.ArrayTooLong, $"'{Path}': {what}: expected an array within the {Left} bytes that are left, found {length} entries");
        }

        int count = (int)length;
        switch (type)
        {
            case GgufValueType.UInt8: return Numbers<byte>(count, what);
            case GgufValueType.Int8: return Numbers<sbyte>(count, what);
            case GgufValueType.UInt16: return Numbers<ushort>(count, what);
            case GgufValueType.Int16: return Numbers<short>(count, what);
            case GgufValueType.UInt32: return Numbers<uint>(count, what);
            case GgufValueType.Int32: return Numbers<int>(count, what);
            case GgufValueType.Float32: return Numbers<float>(count, what);
            case GgufValueType.Bool: return Bools(Take(count, what), what);
            case GgufValueType.UInt64: return Numbers<ulong>(count, what);
            case GgufValueType.Int64: return Numbers<long>(count, what);
            case GgufValueType.Float64: return Numbers<double>(count, what);
            case GgufValueType.Text:
                string[] texts = new string[count];
                for (int i = 0; i < count; i++)
                {
                    texts[i] = Text(int.MaxValue, what);
                }

                return texts;
            default:
                object[] values = new object[count];
                for (int i = 0; i < count; i++)
                {
                    values[i] = Array(key, depth + 1);
                }

                return values;
        }
    }

    // Fewest bytes of an entry: what an array of so many entries must at least have.
    private int LeastBytes(GgufValueType type, string what)
    {
        switch (type)
        {
            case GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool: return 1;
            case GgufValueType.UInt16 or GgufValueType.Int16: return 2;
            case GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32: return 4;
            case GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 or GgufValueType.Text: return 8;
            case GgufValueType.Array: return sizeof(uint) + sizeof(ulong);
            default:
                throw new GgufFormatException(GgufError.UnknownValueType, $"'{Path}': {what}: expected a type of entries from 0 to 12, found {(uint)type}");
        }
    }

    private T[] Numbers<T>(int count, string what)
        where T : unmanaged
    {
        T[] values = new T[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(values.AsSpan());
        Take(bytes.Length, what).CopyTo(bytes);
        return values;
    }

    private bool[] Bools(ReadOnlySpan<byte> bytes, string what)
    {
        int invalid = TensorElements.FindInvalidBool(bytes);
        if (invalid >= 0)
        {
            GgufFormatException.Throw(GgufError.InvalidBool, $"'{Path}': {what}: expected 0 or 1 for a truth value, found {bytes[invalid]}");
        }

        return MemoryMarshal.Cast<byte, bool>(bytes).ToArray();
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count < 0 || count > Left)
        {
            GgufFormatException.Throw(GgufError.HeaderTruncated, $"'{Path}': {what}: expected {count} bytes at byte {Position}, found the end of the file; fetch it again");
        }

        ReadOnlySpan<byte> bytes = file.Bytes(Position, count);
        Position += count;
        return bytes;
    }
}
