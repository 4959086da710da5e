using MathNet.Numerics.Statistics;

namespace Saltus.Lm.Interpretation;

/// <summary>How well two lists agree in their order.</summary>
public static class RankCorrelation
{
    /// <summary>Computes Spearman's ρ: Pearson's correlation of the ranks, ties at their mean rank.</summary>
    /// <param name="x">One side.</param>
    /// <param name="y">The other, as many.</param>
    /// <returns>ρ; NaN for fewer than two pairs, or where one side is constant.</returns>
    /// <exception cref="ArgumentException">The numbers differ.</exception>
    public static double Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count)
        {
            throw new ArgumentException($"expected as many values on both sides, got {x.Count} and {y.Count}", nameof(y));
        }

        return x.Count < 2 ? double.NaN : Correlation.Spearman(x, y);
    }
}
