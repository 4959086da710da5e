using Saltus.Kernels;

namespace Saltus.Formats;

/// <summary>
/// A two-dimensional tensor of an open file, F32, BF16, F16 or blocks of quantised values, as weight rows: kernels widen the rows that
/// they ask for, so that no float32 copy of the whole exists. Usable until the file is disposed, from several threads.
/// </summary>
public sealed class TensorRows : IWeightRows
{
    private readonly ITensorSource _source;

    private TensorRows(ITensorSource source, TensorInfo tensor)
    {
        _source = source;
        Tensor = tensor;
        Rows = (int)tensor.Shape[0];
        Columns = (int)tensor.Shape[1];
    }

    /// <summary>Gets the tensor.</summary>
    public TensorInfo Tensor { get; }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <summary>Wraps a tensor.</summary>
    /// <param name="source">The open file.</param>
    /// <param name="tensor">A tensor of it of type F32, BF16, F16 or kept in blocks, with two dimensions.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="InputException">The tensor's type or shape is another.</exception>
    public static TensorRows Create(ITensorSource source, TensorInfo tensor)
    {
        if (!tensor.Dtype.IsWeight())
        {
            string where = $"tensor '{tensor.Name}' in '{source.Source}'";
            throw source.Unusable(TensorError.WrongDtype, $"{where}: expected F32, BF16 or F16 weights, found {tensor.Description}; convert the file first");
        }

        return tensor.Shape.Count == 2 && tensor.Shape[0] <= int.MaxValue && tensor.Shape[1] <= int.MaxValue
            ? new TensorRows(source, tensor)
            : throw TensorSource.WrongShape(source, tensor, "two dimensions below 2^31");
    }

    /// <inheritdoc/>
    public void ReadRows(int first, int count, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Rows - count);
        _source.ReadFloat32(Tensor, (long)first * Columns, destination[..checked(count * Columns)]);
    }
}
