using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>Whole-tensor reading for every <see cref="ITensorSource"/>.</summary>
public static class TensorSource
{
    /// <summary>Gets a tensor that must be there.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="InputException">There is none.</exception>
    public static TensorInfo Require(this ITensorSource source, string name) => source.Find(name)
        ?? throw source.Unusable(TensorError.Missing, $"tensor '{name}' in '{source.Source}': expected it to be there, found {Names(source)}");

    /// <summary>Gets a tensor that must be there with this shape.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="shape">The dimensions it must have.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="InputException">There is none, or its shape is another.</exception>
    public static TensorInfo Require(this ITensorSource source, string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = source.Require(name);
        return tensor.HasShape(shape) ? tensor : throw WrongShape(source, tensor, TensorInfo.DescribeShape(shape.ToArray()));
    }

    /// <summary>Reads a whole tensor as a matrix [product of all dimensions but the last, last dimension].</summary>
    /// <param name="source">The file.</param>
    /// <param name="tensor">A tensor of any rank; a vector or scalar has one row.</param>
    /// <returns>A new matrix.</returns>
    /// <exception cref="InputException">The tensor is too large.</exception>
    public static Matrix ReadMatrix(this ITensorSource source, TensorInfo tensor)
    {
        (long rows, long columns) = (tensor.RowCount, tensor.ColumnCount);
        if (rows > int.MaxValue || columns > int.MaxValue)
        {
            throw WrongShape(source, tensor, $"at most {int.MaxValue} rows and columns");
        }

        Matrix matrix = new((int)rows, (int)columns);
        try
        {
            int step = (int)Math.Clamp((1L << 30) / Math.Max(1, columns), 1, Math.Max(1, rows));
            for (long row = 0; row < rows; row += step)
            {
                int count = (int)Math.Min(step, rows - row);
                source.ReadFloat32(tensor, row * columns, matrix.RowRange((int)row, count));
            }

            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole tensor as a matrix [product of all dimensions but the last, last dimension].</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>A new matrix.</returns>
    /// <exception cref="InputException">There is no such tensor, or it is too large.</exception>
    public static Matrix ReadMatrix(this ITensorSource source, string name) => source.ReadMatrix(source.Require(name));

    /// <summary>Reads all elements as float32.</summary>
    /// <param name="source">The file.</param>
    /// <param name="tensor">The tensor.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InputException">The tensor is too large.</exception>
    public static float[] ReadFloat32(this ITensorSource source, TensorInfo tensor)
    {
        float[] values = new float[Count(source, tensor)];
        source.ReadFloat32(tensor, 0, values);
        return values;
    }

    /// <summary>Reads all elements as float32.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InputException">There is no such tensor, or it is too large.</exception>
    public static float[] ReadFloat32(this ITensorSource source, string name) => source.ReadFloat32(source.Require(name));

    /// <summary>Reads all elements as float64.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InputException">There is no such tensor, or it is too large.</exception>
    public static double[] ReadFloat64(this ITensorSource source, string name)
    {
        TensorInfo tensor = source.Require(name);
        double[] values = new double[Count(source, tensor)];
        source.ReadFloat64(tensor, 0, values);
        return values;
    }

    /// <summary>Reads all elements of an integer tensor.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InputException">There is no such tensor, it does not hold integers, or it is too large.</exception>
    public static long[] ReadInt64(this ITensorSource source, string name)
    {
        TensorInfo tensor = source.Require(name);
        long[] values = new long[Count(source, tensor)];
        source.ReadInt64(tensor, 0, values);
        return values;
    }

    /// <summary>Reads all elements of an integer tensor that fit 32 bits.</summary>
    /// <param name="source">The file.</param>
    /// <param name="name">Name of the tensor.</param>
    /// <returns>The elements, row-major.</returns>
    /// <exception cref="InputException">There is no such tensor, it does not hold integers, or a value does not fit.</exception>
    public static int[] ReadInt32(this ITensorSource source, string name)
    {
        long[] wide = source.ReadInt64(name);
        int[] values = new int[wide.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            if (wide[i] is < int.MinValue or > int.MaxValue)
            {
                string where = $"tensor '{name}' in '{source.Source}'";
                throw source.Unusable(TensorError.InvalidValue, $"{where}: expected integers of 32 bits, found {wide[i]} at element {i}");
            }

            values[i] = (int)wide[i];
        }

        return values;
    }

    internal static InputException WrongShape(ITensorSource source, TensorInfo tensor, string expected) => source.Unusable(
        TensorError.WrongShape, $"tensor '{tensor.Name}' in '{source.Source}': expected {expected}, found {tensor.Description}");

    private static int Count(ITensorSource source, TensorInfo tensor) => tensor.ElementCount <= Array.MaxLength
        ? (int)tensor.ElementCount
        : throw WrongShape(source, tensor, $"at most {Array.MaxLength} elements");

    private static string Names(ITensorSource source)
    {
        const int Shown = 6;
        if (source.Tensors.Count == 0)
        {
            return "no tensors";
        }

        string names = string.Join(", ", source.Tensors.Take(Shown).Select(tensor => tensor.Name));
        return source.Tensors.Count <= Shown ? $"only {names}" : $"{source.Tensors.Count} others ({names}, …)";
    }
}
