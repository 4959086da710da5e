namespace Saltus.Training;

/// <summary>What the first vectors say about the data: C = √(E‖x‖²), the mean, and the variance E‖x − E x‖² / C². Sums in double, row after row.</summary>
/// <param name="Scale">C.</param>
/// <param name="Variance">E‖x − E x‖² / C².</param>
/// <param name="Mean">E x, [d], in raw units.</param>
internal sealed record ScaleEstimate(double Scale, double Variance, double[] Mean)
{
    /// <summary>Computes the estimate.</summary>
    /// <param name="batches">At least one vector.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="InputException">There is no vector, a value is not finite, or all are zero.</exception>
    public static ScaleEstimate From(IReadOnlyCollection<ActivationBatch> batches)
    {
        double[] mean = batches.Count == 0 ? [] : new double[batches.First().Vectors.Columns];
        double squares = 0;
        long rows = 0;
        foreach (ActivationBatch batch in batches)
        {
            for (int row = 0; row < batch.Count; row++, rows++)
            {
                ReadOnlySpan<float> x = batch.Vectors.Row(row);
                for (int j = 0; j < x.Length; j++)
                {
                    mean[j] += x[j];
                    squares += (double)x[j] * x[j];
                }
            }
        }

        if (rows == 0 || !double.IsFinite(squares) || squares == 0)
        {
            throw new InputException($"activations: expected finite vectors that are not all zero, got {rows} vectors with a sum of squares of {squares}");
        }

        double ofMean = 0;
        for (int j = 0; j < mean.Length; j++)
        {
            mean[j] /= rows;
            ofMean += mean[j] * mean[j];
        }

        double meanSquare = squares / rows;
        return new ScaleEstimate(Math.Sqrt(meanSquare), 1 - (ofMean / meanSquare), mean);
    }
}
