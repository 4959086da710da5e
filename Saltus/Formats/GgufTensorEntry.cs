using System.Globalization;

namespace Saltus.Formats;

/// <summary>One tensor as the header announces it, its place still unchecked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Element type.</param>
/// <param name="Shape">Dimensions, row-major: the file has them innermost first.</param>
/// <param name="Offset">From the beginning of the data.</param>
/// <param name="ByteLength">Number of bytes.</param>
internal sealed record GgufTensorEntry(string Name, TensorDtype Dtype, IReadOnlyList<long> Shape, ulong Offset, long ByteLength)
{
    private static readonly Dictionary<uint, TensorDtype> s_types = new()
    {
        [0] = TensorDtype.F32,
        [1] = TensorDtype.F16,
        [2] = TensorDtype.Q4Zero,
        [3] = TensorDtype.Q4One,
        [6] = TensorDtype.Q5Zero,
        [7] = TensorDtype.Q5One,
        [8] = TensorDtype.Q8Zero,
        [10] = TensorDtype.Q2K,
        [11] = TensorDtype.Q3K,
        [12] = TensorDtype.Q4K,
        [13] = TensorDtype.Q5K,
        [14] = TensorDtype.Q6K,
        [24] = TensorDtype.I8,
        [25] = TensorDtype.I16,
        [26] = TensorDtype.I32,
        [27] = TensorDtype.I64,
        [28] = TensorDtype.F64,
        [30] = TensorDtype.BF16,
    };

    // Types that exist and are not read, by their numbers, so that the refusal can name them.
    private static readonly Dictionary<uint, string> s_others = new()
    {
        [4] = "Q4_2, which was removed from the format",
        [5] = "Q4_3, which was removed from the format",
        [9] = "Q8_1",
        [15] = "Q8_K",
        [16] = "IQ2_XXS",
        [17] = "IQ2_XS",
        [18] = "IQ3_XXS",
        [19] = "IQ1_S",
        [20] = "IQ4_NL",
        [21] = "IQ3_S",
        [22] = "IQ2_S",
        [23] = "IQ4_XS",
        [29] = "IQ1_M",
        [34] = "TQ1_0",
        [35] = "TQ2_0",
        [39] = "MXFP4",
    };

    /// <summary>Reads one entry.</summary>
    /// <exception cref="GgufFormatException">It is malformed, or of a type that is not read.</exception>
    public static GgufTensorEntry Read(GgufCursor cursor, ulong index)
    {
        string name = cursor.Text(GgufLimits.MaxNameBytes, string.Create(CultureInfo.InvariantCulture, $"name of tensor {index}"));
        string what = $"tensor '{name}'";
        string where = $"{what} in '{cursor.Path}'";
        uint rank = cursor.UInt32(what);
        if (rank > GgufLimits.MaxRank)
        {
            GgufFormatException.Throw(GgufError.RankTooLarge, $"{where}: expected at most {GgufLimits.MaxRank} dimensions, found {rank}");
        }

        long[] shape = new long[rank];
        for (int i = 0; i < shape.Length; i++)
        {
            ulong size = cursor.UInt64(what);
            shape[^(i + 1)] = size is > 0 and <= long.MaxValue
                ? (long)size
                : throw new GgufFormatException(GgufError.InvalidShape, $"{where}: expected dimensions from 1 to 2^63 - 1, found {size}");
        }

        uint type = cursor.UInt32(what);
        if (!s_types.TryGetValue(type, out TensorDtype dtype))
        {
            string found = s_others.TryGetValue(type, out string? other) ? $"{type} ({other})" : $"{type}";
            string expected = string.Join(' ', s_types.Values.Where(TensorDtypes.IsWeight).Select(TensorDtypes.Name));
            GgufFormatException.Throw(GgufError.UnknownTensorType, $"{where}: expected one of the types {expected}, found type {found}; quantise the model to one of them");
        }

        long columns = shape.Length == 0 ? 1 : shape[^1];
        if (columns % dtype.BlockLength() != 0)
        {
            GgufFormatException.Throw(GgufError.RaggedBlocks, $"{where}: expected rows of whole blocks of {dtype.BlockLength()}, found rows of {columns} values");
        }

        Int128 bytes = columns / dtype.BlockLength() * (Int128)dtype.BlockBytes();
        Int128 elements = columns;
        foreach (long size in shape.AsSpan(0, Math.Max(0, shape.Length - 1)))
        {
            // Both stay below 2^126: they are looked at before the next factor.
            bytes *= size;
            elements *= size;
            if (bytes > long.MaxValue || elements > long.MaxValue)
            {
                GgufFormatException.Throw(GgufError.InvalidShape, $"{where}: expected fewer than 2^63 bytes and values, found more");
            }
        }

        return bytes > long.MaxValue
            ? throw new GgufFormatException(GgufError.InvalidShape, $"{where}: expected fewer than 2^63 bytes, found more")
            : new GgufTensorEntry(name, dtype, shape, cursor.UInt64(what), (long)bytes);
    }
}
