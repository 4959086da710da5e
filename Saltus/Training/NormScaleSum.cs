namespace Saltus.Training;

/// <summary>Sums of values and squares by column, in double: each column is one chain over the vectors, whatever the vector width.</summary>
internal sealed class NormScaleSum(int width)
{
    private readonly double[] _values = new double[width];
    private readonly double[] _squares = new double[width];
    private long _count;

    public void Add(ReadOnlySpan<float> vector)
    {
        int bad = FiniteValues.FindFirstBeyond(vector, float.MaxValue);
        if (bad >= 0)
        {
            throw new InputException($"activation vector {_count}, column {bad}: expected a finite number, found {vector[bad]}; look where the vectors come from");
        }

        for (int i = 0; i < vector.Length; i++)
        {
            double value = vector[i];
            _values[i] += value;
            _squares[i] += value * value;
        }

        _count++;
    }

    public NormScale Result()
    {
        if (_count == 0)
        {
            throw NormScale.NoVectors();
        }

        double total = 0;
        foreach (double square in _squares)
        {
            total += square;
        }

        double scale = Math.Sqrt(total / _count);
        if (!double.IsFinite(scale) || scale == 0)
        {
            string found = scale == 0 ? "only zeros" : "values that are not finite";
            throw new InputException($"the first {_count} activation vectors: expected finite vectors that are not all zero, found {found}");
        }

        return new NormScale(scale, Array.ConvertAll(_values, value => value / _count), _count)
        {
            Squares = Array.ConvertAll(_squares, value => value / _count),
        };
    }
}
