namespace Saltus.Formats;

/// <summary>Names and sizes of element types, as safetensors spells them.</summary>
public static class TensorDtypes
{
    private static readonly string[] s_names =
        ["BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "U16", "I16", "F16", "BF16", "U32", "I32", "F32", "U64", "I64", "F64"];

    /// <summary>Gets the name that files use, such as "BF16".</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>The name.</returns>
    public static string Name(this TensorDtype dtype) => s_names[(int)dtype];

    /// <summary>Gets the size of an element.</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Bytes.</returns>
    public static int ByteSize(this TensorDtype dtype) => dtype switch
    {
        <= TensorDtype.F8E5M2 => 1,
        <= TensorDtype.BF16 => 2,
        <= TensorDtype.F32 => 4,
        _ => 8,
    };

    /// <summary>Gets whether the type holds whole numbers (BOOL counts as one).</summary>
    /// <param name="dtype">The element type.</param>
    /// <returns>Whether every value is an integer.</returns>
    public static bool IsInteger(this TensorDtype dtype) =>
        dtype is not (TensorDtype.F8E4M3 or TensorDtype.F8E5M2 or TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.F32 or TensorDtype.F64);

    /// <summary>Finds the type of a name.</summary>
    /// <param name="name">The name as files use it; case matters.</param>
    /// <param name="dtype">The element type.</param>
    /// <returns>Whether there is such a type.</returns>
    public static bool TryParse(string name, out TensorDtype dtype)
    {
        int index = Array.IndexOf(s_names, name);
        dtype = (TensorDtype)Math.Max(index, 0);
        return index >= 0;
    }
}
