using System.Buffers.Binary;

namespace Saltus.Formats;

/// <summary>
/// The header of a .npy file: "\x93NUMPY", version, length of the text, and a Python dictionary with exactly descr, fortran_order and
/// shape. Only plain numbers are read; the text is parsed, never run.
/// </summary>
/// <param name="Dtype">Element type.</param>
/// <param name="IsBigEndian">Whether the bytes of an element are swapped.</param>
/// <param name="IsFortranOrder">Whether the first index runs fastest.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="DataStart">Offset of the first element.</param>
/// <param name="DataLength">Bytes of all elements.</param>
internal sealed record NpyHeader(TensorDtype Dtype, bool IsBigEndian, bool IsFortranOrder, long[] Shape, int DataStart, long DataLength)
{
    /// <summary>As many bytes as the longest header can take, with all before it.</summary>
    public const int MaxBytes = LongPreamble + NpyLimits.MaxHeaderBytes;

    private const int VersionEnd = 8;
    private const int ShortPreamble = VersionEnd + sizeof(ushort);
    private const int LongPreamble = VersionEnd + sizeof(uint);

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header of an array of <paramref name="totalLength"/> bytes from its beginning.</summary>
    /// <param name="start">The first <see cref="MaxBytes"/> bytes, or all.</param>
    /// <param name="totalLength">Bytes of the whole file or entry.</param>
    /// <param name="source">What errors name.</param>
    /// <exception cref="NpyFormatException">Something is wrong.</exception>
    public static NpyHeader Read(ReadOnlySpan<byte> start, long totalLength, string source)
    {
        if (start.Length < VersionEnd || !start.StartsWith(Magic))
        {
            throw Fail(NpyError.NotNpy, source, "expected a file that begins with \\x93NUMPY and a version, found otherwise");
        }

        byte version = start[6];
        if (version is < 1 or > 3 || start[7] != 0)
        {
            throw Fail(NpyError.VersionUnknown, source, $"expected version 1.0, 2.0 or 3.0, found {version}.{start[7]}");
        }

        int preamble = version == 1 ? ShortPreamble : LongPreamble;
        if (start.Length < preamble)
        {
            throw Fail(NpyError.HeaderTruncated, source, $"expected the header's length in the first {preamble} bytes, found {totalLength} in all");
        }

        long length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[VersionEnd..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[VersionEnd..]);
        if (length > totalLength - preamble)
        {
            throw Fail(NpyError.HeaderTruncated, source, $"the header is said to be {length} bytes long, there are {totalLength} in all; the file may be cut short");
        }

        if (length > NpyLimits.MaxHeaderBytes)
        {
            throw Fail(NpyError.HeaderTooLarge, source, $"expected a header of at most {NpyLimits.MaxHeaderBytes} bytes, found {length}");
        }

        NpyHeader header = NpyHeaderText.Parse(start.Slice(preamble, (int)length), preamble + (int)length, source);
        return header.DataLength <= totalLength - header.DataStart
            ? header
            : throw Fail(NpyError.DataTruncated, source, $"expected {header.DataLength} bytes of {header.Dtype.Name()} {TensorInfo.DescribeShape(header.Shape)}, found {totalLength - header.DataStart}");
    }

    /// <summary>The array as a tensor of a file.</summary>
    public TensorInfo ToTensor(string name) => new(name, Dtype, Shape, DataStart, DataLength);

    private static NpyFormatException Fail(NpyError error, string source, string message) => new(error, $"'{source}': {message}");
}
