using Saltus.Reports;

namespace Saltus.Lm.Interpretation;

/// <summary>Histograms with bins of equal width from the smallest value to the largest, both inside.</summary>
internal static class EqualBins
{
    /// <summary>Counts.</summary>
    /// <param name="values">Any number, no NaN.</param>
    /// <param name="bins">At least 1.</param>
    /// <returns>Adjoining bins; none without values. Where all are equal the bins span 1 about them, as NumPy has it.</returns>
    public static IReadOnlyList<HistogramBin> Count(ReadOnlySpan<float> values, int bins)
    {
        if (values.IsEmpty)
        {
            return [];
        }

        double low = values[0], high = values[0];
        foreach (float value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (low == high)
        {
            (low, high) = (low - 0.5, high + 0.5);
        }

        long[] counts = new long[bins];
        foreach (float value in values)
        {
            counts[Math.Clamp((int)((value - low) / (high - low) * bins), 0, bins - 1)]++;
        }

        double width = (high - low) / bins;
        return [.. counts.Select((count, i) => new HistogramBin(low + (width * i), low + (width * (i + 1)), count))];
    }
}
