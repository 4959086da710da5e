using System.Numerics.Tensors;

namespace Saltus.Tests.Training.Twin;

/// <summary>A dense row-major matrix of float64 with the three products that a training step needs; a vector is a matrix of one row.</summary>
internal sealed class DoubleMatrix
{
    public DoubleMatrix(int rows, int columns)
        : this(rows, columns, new double[rows * columns])
    {
    }

    public DoubleMatrix(int rows, int columns, double[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, rows * columns);
        Rows = rows;
        Columns = columns;
        Values = values;
    }

    public int Rows { get; }

    public int Columns { get; }

    public double[] Values { get; }

    public double this[int row, int column]
    {
        get => Values[(row * Columns) + column];
        set => Values[(row * Columns) + column] = value;
    }

    /// <summary>The engine's numbers, widened.</summary>
    public static DoubleMatrix FromFloats(int rows, int columns, ReadOnlySpan<float> values)
    {
        DoubleMatrix result = new(rows, columns);
        TensorPrimitives.ConvertChecked(values, result.Values.AsSpan());
        return result;
    }

    /// <summary>a b.</summary>
    public static DoubleMatrix Product(DoubleMatrix a, DoubleMatrix b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Rows, a.Columns);
        DoubleMatrix result = new(a.Rows, b.Columns);
        for (int i = 0; i < a.Rows; i++)
        {
            for (int k = 0; k < a.Columns; k++)
            {
                AddScaled(a[i, k], b.Row(k), result.Row(i));
            }
        }

        return result;
    }

    /// <summary>aᵀ b.</summary>
    public static DoubleMatrix TransposedProduct(DoubleMatrix a, DoubleMatrix b)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(b.Rows, a.Rows);
        DoubleMatrix result = new(a.Columns, b.Columns);
        for (int k = 0; k < a.Rows; k++)
        {
            for (int i = 0; i < a.Columns; i++)
            {
                AddScaled(a[k, i], b.Row(k), result.Row(i));
            }
        }

        return result;
    }

    /// <summary>a bᵀ.</summary>
    public static DoubleMatrix ProductTransposed(DoubleMatrix a, DoubleMatrix b) => Product(a, b.Transpose());

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    public Span<double> Row(int row) => Values.AsSpan(row * Columns, Columns);

    public DoubleMatrix Transpose()
    {
        DoubleMatrix result = new(Columns, Rows);
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                result[column, row] = this[row, column];
            }
        }

        return result;
    }

    public DoubleMatrix Clone() => new(Rows, Columns, (double[])Values.Clone());

    /// <summary>Adds <paramref name="other"/>, which may have fewer columns: the others stay.</summary>
    public void Add(DoubleMatrix other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other.Rows, Rows);
        for (int row = 0; row < Rows; row++)
        {
            AddScaled(1, other.Row(row), Row(row));
        }
    }

    /// <summary>Adds <paramref name="vector"/> to every row.</summary>
    public void AddToRows(ReadOnlySpan<double> vector)
    {
        for (int row = 0; row < Rows; row++)
        {
            AddScaled(1, vector, Row(row));
        }
    }

    public double[] ColumnSums()
    {
        double[] sums = new double[Columns];
        for (int row = 0; row < Rows; row++)
        {
            AddScaled(1, Row(row), sums);
        }

        return sums;
    }

    /// <summary>The first columns, as a copy.</summary>
    public DoubleMatrix FirstColumns(int count)
    {
        DoubleMatrix result = new(Rows, count);
        for (int row = 0; row < Rows; row++)
        {
            Row(row)[..count].CopyTo(result.Row(row));
        }

        return result;
    }

    /// <summary>The first rows, as a copy.</summary>
    public DoubleMatrix FirstRows(int count) => new(count, Columns, Values[..(count * Columns)]);

    private static void AddScaled(double scale, ReadOnlySpan<double> source, Span<double> target)
    {
        // Most latents are zero. Adding their nothing would change no sum: every value here is finite.
        if (scale == 0)
        {
            return;
        }

        target = target[..source.Length];
        TensorPrimitives.MultiplyAdd(source, scale, target, target);
    }
}
