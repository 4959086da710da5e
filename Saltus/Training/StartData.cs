namespace Saltus.Training;

/// <summary>What a start may take from the data, in training units.</summary>
/// <param name="Mean">Mean of what is reconstructed, [d_out].</param>
/// <param name="InputMean">Mean of the vectors, [d].</param>
/// <param name="FirstBatch">Gives the first vectors, as many as a batch has, one after another [B · d_out].</param>
internal sealed record StartData(IReadOnlyList<float> Mean, IReadOnlyList<float> InputMean, Func<float[]> FirstBatch)
{
    private const int MostRounds = 100;
    private const double Near = 1e-5;

    /// <summary>Computes the geometric median of the first batch (Weiszfeld's rounds, as dictionary_learning takes it).</summary>
    /// <returns>[d_out].</returns>
    public float[] GeometricMedian()
    {
        float[] points = FirstBatch();
        int width = Mean.Count;
        int count = points.Length / width;
        double[] guess = new double[width];
        Average(points, width, _ => 1, guess);
        double[] last = new double[width];
        for (int round = 0; round < MostRounds; round++)
        {
            guess.CopyTo(last, 0);
            double[] weights = new double[count];
            for (int row = 0; row < count; row++)
            {
                weights[row] = 1 / Math.Max(Distance(points.AsSpan(row * width, width), last), double.Epsilon);
            }

            Average(points, width, row => weights[row], guess);
            double moved = 0;
            for (int j = 0; j < width; j++)
            {
                moved += (guess[j] - last[j]) * (guess[j] - last[j]);
            }

            if (Math.Sqrt(moved) < Near)
            {
                break;
            }
        }

        return Array.ConvertAll(guess, value => (float)value);
    }

    private static double Distance(ReadOnlySpan<float> point, double[] centre)
    {
        double sum = 0;
        for (int j = 0; j < point.Length; j++)
        {
            sum += (point[j] - centre[j]) * (point[j] - centre[j]);
        }

        return Math.Sqrt(sum);
    }

    private static void Average(float[] points, int width, Func<int, double> weight, double[] result)
    {
        Array.Clear(result);
        double sum = 0;
        for (int row = 0; row < points.Length / width; row++)
        {
            double of = weight(row);
            sum += of;
            for (int j = 0; j < width; j++)
            {
                result[j] += of * points[(row * width) + j];
            }
        }

        for (int j = 0; j < width; j++)
        {
            result[j] /= sum;
        }
    }
}
