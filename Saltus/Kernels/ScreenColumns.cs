using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Which columns of x [B, d] the screen leaves in float32: those so much larger than the others that they alone would set the scale of
/// every token. Language models have a handful at many sites, other data none. Only the time of an encoding depends on the choice.
/// </summary>
internal static class ScreenColumns
{
    /// <summary>Most columns: each costs a fused multiply-add a pair, an eighth of a group of 32 columns in integers.</summary>
    private const int Limit = 8;

    /// <summary>A column stands apart from this multiple of the median column's root mean square on.</summary>
    private const double Multiple = 2.5;

    /// <summary>Rows that are looked at.</summary>
    private const int Sample = 128;

    /// <summary>Chooses the columns.</summary>
    /// <param name="x">[B, d].</param>
    /// <param name="energy">[d], scratch.</param>
    /// <param name="sorted">[d], scratch.</param>
    /// <param name="chosen">[at least 8]; overwritten from the start.</param>
    /// <returns>How many were chosen.</returns>
    public static int Choose(Matrix x, Span<double> energy, Span<double> sorted, Span<int> chosen)
    {
        energy.Clear();
        int rows = Math.Min(Sample, x.Rows);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<float> row = x.Row((int)((long)i * x.Rows / rows));
            for (int k = 0; k < row.Length; k++)
            {
                energy[k] += (double)row[k] * row[k];
            }
        }

        energy.CopyTo(sorted);
        sorted.Sort();
        double least = sorted[sorted.Length / 2] * Multiple * Multiple;
        least = Math.Max(least, sorted[Math.Max(0, sorted.Length - Limit)]);
        int count = 0;
        for (int k = 0; k < energy.Length && count < Limit; k++)
        {
            if (energy[k] >= least && energy[k] > sorted[sorted.Length / 2] * Multiple * Multiple)
            {
                chosen[count++] = k;
            }
        }

        return count;
    }
}
