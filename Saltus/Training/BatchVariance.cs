using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>Σ_b ‖y_b − mean_b y‖² in double, row after row.</summary>
internal static class BatchVariance
{
    /// <summary>Computes the sum.</summary>
    /// <param name="y">[B, n].</param>
    /// <param name="sums">[n]; overwritten with the sums of the columns.</param>
    /// <returns>The sum.</returns>
    public static double Squares(Matrix y, double[] sums)
    {
        Array.Clear(sums);
        double squares = 0;
        for (int row = 0; row < y.Rows; row++)
        {
            ReadOnlySpan<float> values = y.Row(row);
            for (int j = 0; j < values.Length; j++)
            {
                sums[j] += values[j];
                squares += (double)values[j] * values[j];
            }
        }

        double ofMean = 0;
        foreach (double sum in sums)
        {
            ofMean += sum / y.Rows * sum;
        }

        return squares - ofMean;
    }
}
