using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// A dictionary of unit features with low interference, firing probabilities that fall like a power of the rank, and vectors drawn from them: what
/// recovery is measured on. One seed gives the same dictionary and vectors everywhere.
/// </summary>
public sealed class SyntheticVectors : IDisposable
{
    private const int SpreadingRounds = 200;
    private const double SpreadingRate = 0.2;
    private const double BearableCosine = 0.2;
    private const double MostOften = 0.5;
    private const double RankOffset = 3;
    private const double RankPower = -0.7;
    private const int RowsForScale = 16_384;

    private readonly SyntheticOptions _options;
    private readonly RandomSource _random;
    private readonly double[] _probability;
    private readonly double _scale = 1;

    /// <summary>Makes the dictionary.</summary>
    /// <param name="team">Threads; the result does not depend on their number.</param>
    /// <param name="options">The knobs.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public SyntheticVectors(WorkTeam team, SyntheticOptions options)
    {
        options.Validate();
        _options = options;
        _random = new RandomSource(options.Seed, "synthetic");
        Features = new Matrix(options.Features, options.Width);
        foreach (ref float value in Features.Span)
        {
            value = (float)Normal();
        }

        Spread(team);
        _probability = Probabilities();
        using Matrix sample = Draw(RowsForScale);
        double squares = 0;
        foreach (float value in sample.Span)
        {
            squares += (double)value * value;
        }

        _scale = Math.Sqrt(squares / RowsForScale);
    }

    /// <summary>Gets the dictionary, [G, d], unit rows.</summary>
    public Matrix Features { get; }

    /// <summary>Draws the next vectors.</summary>
    /// <param name="rows">How many.</param>
    /// <returns>[rows, d]; the caller disposes it.</returns>
    public Matrix Draw(int rows)
    {
        Matrix result = new(rows, _options.Width);
        double[] shared = new double[_options.Groups];
        bool[] fires = new bool[_options.Features];
        double[] vector = new double[_options.Width];
        for (int row = 0; row < rows; row++)
        {
            Fire(shared, fires);
            Array.Clear(vector);
            for (int feature = 0; feature < fires.Length; feature++)
            {
                if (fires[feature])
                {
                    double magnitude = 1 + Math.Abs(Normal());
                    ReadOnlySpan<float> direction = Features.Row(feature);
                    for (int j = 0; j < vector.Length; j++)
                    {
                        vector[j] += magnitude * direction[j];
                    }
                }
            }

            Span<float> target = result.Row(row);
            for (int j = 0; j < vector.Length; j++)
            {
                target[j] = (float)((vector[j] + (_options.Noise * Normal())) / _scale);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => Features.Dispose();

    private double Normal() => NormalDistribution.Quantile(Math.Max(_random.NextDouble(), double.Epsilon));

    private void Fire(double[] shared, bool[] fires)
    {
        bool isCorrelated = _options.Kind == SyntheticKind.Correlated;
        for (int group = 0; isCorrelated && group < shared.Length; group++)
        {
            shared[group] = Normal();
        }

        int quarter = fires.Length / 4;
        for (int feature = 0; feature < fires.Length; feature++)
        {
            double own = _random.NextDouble();
            if (isCorrelated)
            {
                double mixed = (Math.Sqrt(_options.Correlation) * shared[feature % shared.Length])
                    + (Math.Sqrt(1 - _options.Correlation) * NormalDistribution.Quantile(Math.Max(own, double.Epsilon)));
                own = NormalDistribution.Cumulative(mixed);
            }

            fires[feature] = own < _probability[feature];
            if (_options.Kind == SyntheticKind.Hierarchical && feature >= quarter && feature < 2 * quarter)
            {
                fires[feature] &= fires[feature - quarter];
            }
        }
    }

    private double[] Probabilities()
    {
        double[] probability = [.. Enumerable.Range(0, _options.Features).Select(rank => RealFunctions.Pow(rank + RankOffset, RankPower))];
        for (int round = 0; round < 50; round++)
        {
            double factor = _options.MeanActive / probability.Sum();
            probability = Array.ConvertAll(probability, value => Math.Min(value * factor, MostOften));
        }

        int quarter = probability.Length / 4;
        for (int child = quarter; _options.Kind == SyntheticKind.Hierarchical && child < 2 * quarter; child++)
        {
            // Given that the parent fires: so that the child's own rate stays what its rank says.
            probability[child] = Math.Min(probability[child] / probability[child - quarter], 0.9);
        }

        return probability;
    }

    /// <summary>Gradient descent on Σ max(|cosine| − 0.2, 0)² over pairs, rows brought back to norm 1.</summary>
    private void Spread(WorkTeam team)
    {
        using Matrix next = new(Features.Rows, Features.Columns);
        Normalize();
        for (int round = 0; round < SpreadingRounds; round++)
        {
            team.Run(Features.Rows, row =>
            {
                Span<float> moved = next.Row(row);
                Features.Row(row).CopyTo(moved);
                for (int other = 0; other < Features.Rows; other++)
                {
                    float cosine = other == row ? 0 : Reductions.Dot(Features.Row(row), Features.Row(other));
                    double over = Math.Abs(cosine) - BearableCosine;
                    if (over > 0)
                    {
                        Axpy.Add((float)(-SpreadingRate * Math.Sign(cosine) * over), Features.Row(other), moved);
                    }
                }
            });
            next.Span.CopyTo(Features.Span);
            Normalize();
        }
    }

    private void Normalize()
    {
        for (int row = 0; row < Features.Rows; row++)
        {
            Initialization.Normalize(Features.Row(row));
        }
    }
}
