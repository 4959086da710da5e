using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Evaluation;

/// <summary>
/// Mean and sum of squared deviations of each column of a stream of rows, by Welford's update (Technometrics 4, 1962) in double: one
/// row after another, so neither the size of batches nor the number of threads changes a bit, and a mean far from zero costs no digits.
/// </summary>
/// <param name="width">Columns.</param>
internal sealed class ColumnMoments(int width)
{
    private const int BlockColumns = 64;
    private readonly double[] _mean = new double[width];
    private readonly double[] _deviation = new double[width];

    public long Count { get; private set; }

    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Gets Σ_rows ‖row − mean‖².</summary>
    public double TotalDeviation
    {
        get
        {
            double sum = 0;
            foreach (double value in _deviation)
            {
                sum += value;
            }

            return sum;
        }
    }

    /// <summary>Puts the moments onto the list of what a checkpoint holds.</summary>
    public void AddState(TrainingState state, string name)
    {
        state.AddCount($"{name}.count", () => Count, value => Count = value);
        state.Add($"{name}.mean", _mean);
        state.Add($"{name}.deviation", _deviation);
    }

    /// <summary>Adds the rows of x, or of x − y.</summary>
    public void Add(WorkTeam team, Matrix x, Matrix? y)
    {
        long before = Count;
        int blocks = (width + BlockColumns - 1) / BlockColumns;
        team.Run(blocks, block =>
        {
            int first = block * BlockColumns;
            int count = Math.Min(BlockColumns, width - first);
            Span<double> mean = _mean.AsSpan(first, count);
            Span<double> deviation = _deviation.AsSpan(first, count);
            for (int row = 0; row < x.Rows; row++)
            {
                double weight = 1.0 / (before + row + 1);
                ReadOnlySpan<float> a = x.Row(row).Slice(first, count);
                ReadOnlySpan<float> b = y is null ? default : y.Row(row).Slice(first, count);
                for (int j = 0; j < a.Length; j++)
                {
                    double value = b.IsEmpty ? a[j] : (double)a[j] - b[j];
                    double delta = value - mean[j];
                    mean[j] += delta * weight;
                    deviation[j] += delta * (value - mean[j]);
                }
            }
        });
        Count += x.Rows;
    }
}
