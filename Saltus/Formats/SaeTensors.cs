using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Formats;

/// <summary>
/// The tensors of an SAE file, taken one by one with the shape that the configuration says. A tensor that nobody took is an error: a
/// threshold that is silently dropped turns a BatchTopK SAE into a ReLU one.
/// </summary>
/// <param name="source">The open file.</param>
internal sealed class SaeTensors(ITensorSource source)
{
    private readonly HashSet<string> _taken = [];

    public bool Has(string name) => source.Find(name) is not null;

    /// <summary>Takes a tensor as a matrix of two given dimensions.</summary>
    public Matrix TakeMatrix(string name, int rows, int columns)
    {
        Matrix matrix = source.ReadMatrix(Take(name, rows, columns));
        for (int row = 0; row < rows; row++)
        {
            int found = FiniteValues.FindFirstBeyond(matrix.Row(row), float.MaxValue);
            if (found >= 0)
            {
                float value = matrix.Row(row)[found];
                matrix.Dispose();
                throw Invalid(name, $"expected finite numbers, found {value} at [{row}, {found}]");
            }
        }

        return matrix;
    }

    /// <summary>Takes a tensor of two given dimensions, transposed.</summary>
    public Matrix TakeTransposed(string name, int rows, int columns)
    {
        using Matrix matrix = TakeMatrix(name, rows, columns);
        return matrix.Transpose();
    }

    public float[] TakeVector(string name, int length)
    {
        float[] values = source.ReadFloat32(Take(name, length));
        int found = FiniteValues.FindFirstBeyond(values, float.MaxValue);
        return found < 0 ? values : throw Invalid(name, $"expected finite numbers, found {values[found]} at [{found}]");
    }

    /// <summary>The last dimension of a tensor of two, before it is taken.</summary>
    public long LastDimension(string name)
    {
        TensorInfo tensor = source.Find(name) ?? throw Missing(name);
        return tensor.ColumnCount;
    }

    /// <exception cref="SaeFormatException">A tensor was not taken.</exception>
    public void CheckAllTaken(string architecture)
    {
        TensorInfo? stranger = source.Tensors.FirstOrDefault(tensor => !_taken.Contains(tensor.Name));
        if (stranger is not null)
        {
            throw new SaeFormatException(
                SaeFormatError.TensorUnknown,
                $"tensor '{stranger.Name}' in '{source.Source}': architecture '{architecture}' has no such tensor, found {stranger.Description}; " +
                "it is not dropped, because it could change the result");
        }
    }

    public SaeFormatException Invalid(string name, string message) =>
        new(SaeFormatError.TensorValue, $"tensor '{name}' in '{source.Source}': {message}");

    private TensorInfo Take(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = source.Find(name) ?? throw Missing(name);
        _taken.Add(name);
        if (!tensor.HasShape(shape) || tensor.Dtype.IsInteger())
        {
            throw new SaeFormatException(
                SaeFormatError.TensorShape,
                $"tensor '{name}' in '{source.Source}': expected floats {TensorInfo.DescribeShape(shape.ToArray())}, found {tensor.Description}");
        }

        return tensor;
    }

    private SaeFormatException Missing(string name) => new(
        SaeFormatError.TensorMissing,
        $"tensor '{name}' in '{source.Source}': expected it by the configuration, found only {string.Join(", ", source.Tensors.Select(tensor => tensor.Name))}");
}
