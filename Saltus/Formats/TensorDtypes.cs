namespace Saltus.Formats;

/// <summary>Names and sizes of element types, as safetensors and GGUF spell them.</summary>
public static class TensorDtypes
{
    /// <summary>Values of a block of the larger kind.</summary>
    internal const int LargeBlock = 256;

    private const int SmallBlock = 32;

    private static readonly string[] s_names =
    [
        "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "U16", "I16", "F16", "BF16", "U32", "I32", "F32", "U64", "I64", "F64",
        "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
    ];

    // Bytes of a block, in the order of the type.
    private static readonly int[] s_blockBytes = [18, 20, 22, 24, 34, 84, 110, 144, 176, 210];

    /// <summary>Gets the name that files use, such as "BF16".</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>The name.</returns>
    public static string Name(this TensorDtype dtype) => s_names[(int)dtype];

    /// <summary>Gets the size of an element.</summary>
    /// <param name="dtype">An element type that is not kept in blocks.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The type is kept in blocks.</exception>
    public static int ByteSize(this TensorDtype dtype) => dtype switch
    {
        <= TensorDtype.F8E5M2 => 1,
        <= TensorDtype.BF16 => 2,
        <= TensorDtype.F32 => 4,
        <= TensorDtype.F64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), $"{dtype.Name()} is kept in blocks"),
    };

    /// <summary>Gets the number of values that are kept together: 1, or the length of a block.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Values.</returns>
    public static int BlockLength(this TensorDtype dtype) => dtype switch
    {
        <= TensorDtype.F64 => 1,
        <= TensorDtype.Q8Zero => SmallBlock,
        _ => LargeBlock,
    };

    /// <summary>Gets the size of what is kept together.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Bytes of a block, or of an element.</returns>
    public static int BlockBytes(this TensorDtype dtype) => dtype <= TensorDtype.F64 ? dtype.ByteSize() : s_blockBytes[dtype - TensorDtype.Q4Zero];

    /// <summary>Gets whether the type holds whole numbers (BOOL counts as one).</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Whether every value is an integer.</returns>
    public static bool IsInteger(this TensorDtype dtype) =>
        dtype is < TensorDtype.F64 and not (TensorDtype.F8E4M3 or TensorDtype.F8E5M2 or TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.F32);

    /// <summary>Gets whether weights are kept in the type: F32, BF16, F16, or blocks.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Whether kernels widen it.</returns>
    public static bool IsWeight(this TensorDtype dtype) => dtype is TensorDtype.F32 or TensorDtype.BF16 or TensorDtype.F16 or > TensorDtype.F64;

    /// <summary>Finds the type of a name that safetensors uses.</summary>
    /// <param name="name">The name as files use it; case matters.</param>
    /// <param name="dtype">The element type.</param>
    /// <returns>Whether there is such a type.</returns>
    public static bool TryParse(string name, out TensorDtype dtype)
    {
        int index = Array.IndexOf(s_names, name, 0, (int)TensorDtype.F64 + 1);
        dtype = (TensorDtype)Math.Max(index, 0);
        return index >= 0;
    }
}
