using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>
/// Confidence intervals of a ratio of sums over independent units (documents): units are drawn with replacement, each resample gives
/// Σ numerator / Σ denominator. Tokens of one document are not independent, so resampling tokens would make intervals too narrow.
/// </summary>
public static class Bootstrap
{
    /// <summary>Computes the interval of Σ numerator / Σ denominator.</summary>
    /// <param name="numerators">One a unit.</param>
    /// <param name="denominators">One a unit, such as its number of tokens.</param>
    /// <param name="options">Resamples, level, seed, method.</param>
    /// <returns>The interval; null where it is not defined: fewer than two units, or a resample without a denominator.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static ConfidenceInterval? RatioOfSums(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, BootstrapOptions options)
    {
        options.Validate();
        if (numerators.Length != denominators.Length)
        {
            throw new ArgumentException($"{numerators.Length} numerators for {denominators.Length} denominators", nameof(denominators));
        }

        if (numerators.Length < 2)
        {
            return null;
        }

        double[] statistics = Resample(numerators, denominators, options);
        double top = Sum(numerators), bottom = Sum(denominators);
        double tail = (1 - options.Level) / 2;
        (double low, double high) = options.Method == BootstrapMethod.Percentile
            ? (tail, 1 - tail)
            : Corrected(statistics, top / bottom, Acceleration(numerators, denominators, top, bottom), tail);
        ConfidenceInterval result = new(Quantile(statistics, low), Quantile(statistics, high));
        return double.IsFinite(result.Low) && double.IsFinite(result.High) ? result : null;
    }

    /// <summary>Computes BCa's acceleration from the statistics with one unit left out at a time: Σδ³ / (6 (Σδ²)^1.5), δ = mean − value.</summary>
    internal static double Acceleration(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, double top, double bottom)
    {
        double[] left = new double[numerators.Length];
        for (int i = 0; i < left.Length; i++)
        {
            left[i] = (top - numerators[i]) / (bottom - denominators[i]);
        }

        double mean = Sum(left) / left.Length;
        double squares = 0, cubes = 0;
        foreach (double value in left)
        {
            double delta = mean - value;
            squares += delta * delta;
            cubes += delta * delta * delta;
        }

        return squares > 0 ? cubes / (6 * squares * Math.Sqrt(squares)) : 0;
    }

    private static double[] Resample(ReadOnlySpan<double> numerators, ReadOnlySpan<double> denominators, BootstrapOptions options)
    {
        RandomSource random = new(options.Seed, "bootstrap");
        double[] statistics = new double[options.Resamples];
        for (int r = 0; r < statistics.Length; r++)
        {
            double top = 0, bottom = 0;
            for (int i = 0; i < numerators.Length; i++)
            {
                int unit = random.NextInt(numerators.Length);
                top += numerators[unit];
                bottom += denominators[unit];
            }

            statistics[r] = top / bottom;
        }

        Array.Sort(statistics);
        return statistics;
    }

    private static (double Low, double High) Corrected(double[] statistics, double estimate, double acceleration, double tail)
    {
        // Ties count half, so that a statistic that never varies keeps its plain quantiles.
        int below = 0, equal = 0;
        foreach (double value in statistics)
        {
            below += value < estimate ? 1 : 0;
            equal += value == estimate ? 1 : 0;
        }

        double shift = NormalDistribution.Quantile((below + (0.5 * equal)) / statistics.Length);
        return double.IsFinite(shift) ? (Corrected(tail), Corrected(1 - tail)) : (tail, 1 - tail);

        double Corrected(double share)
        {
            double z = shift + NormalDistribution.Quantile(share);
            return NormalDistribution.Cumulative(shift + (z / (1 - (acceleration * z))));
        }
    }

    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int lower = Math.Clamp((int)place, 0, sorted.Length - 1);
        int upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + ((place - lower) * (sorted[upper] - sorted[lower]));
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
