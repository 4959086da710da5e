using System.Globalization;

namespace Saltus.Formats;

/// <summary>What a file says about one tensor.</summary>
/// <param name="name">Its name.</param>
/// <param name="dtype">Element type.</param>
/// <param name="shape">Dimensions, row-major; none for a scalar.</param>
/// <param name="start">Offset of the first byte in the file.</param>
/// <param name="byteLength">Number of bytes.</param>
public sealed class TensorInfo(string name, TensorDtype dtype, IReadOnlyList<long> shape, long start, long byteLength)
{
    /// <summary>Gets the name.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the element type.</summary>
    public TensorDtype Dtype { get; } = dtype;

    /// <summary>Gets the dimensions, row-major; none for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>Gets the offset of the first byte in the file, or in the entry of an archive.</summary>
    public long Start { get; } = start;

    /// <summary>Gets the number of bytes in the file.</summary>
    public long ByteLength { get; } = byteLength;

    /// <summary>Gets the number of elements.</summary>
    public long ElementCount { get; } = shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Gets the product of all dimensions but the last: 1 for vectors and scalars.</summary>
    public long RowCount => Shape.Count == 0 ? 1 : Shape.Take(Shape.Count - 1).Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Gets the last dimension: 1 for scalars.</summary>
    public long ColumnCount => Shape.Count == 0 ? 1 : Shape[^1];

    /// <summary>Gets type and shape, such as "F32 [24576, 768]".</summary>
    public string Description => $"{Dtype.Name()} {DescribeShape(Shape)}";

    /// <summary>Gets whether the shape is this one.</summary>
    /// <param name="expected">Dimensions.</param>
    /// <returns>Whether rank and every dimension agree.</returns>
    public bool HasShape(params ReadOnlySpan<long> expected)
    {
        if (Shape.Count != expected.Length)
        {
            return false;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            if (Shape[i] != expected[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Description}";

    internal static string DescribeShape(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(size => size.ToString(CultureInfo.InvariantCulture)))}]";
}
