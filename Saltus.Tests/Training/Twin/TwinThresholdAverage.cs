namespace Saltus.Tests.Training.Twin;

/// <summary>The running threshold of a top-k activation: an exponential average of the smallest positive latents, without bias correction.</summary>
internal sealed class TwinThresholdAverage(TwinOptions options)
{
    /// <summary>The threshold; negative: no value taken yet, the next one is taken as it is.</summary>
    public double Value { get; private set; } = options.EmaInit;

    public void Update(DoubleMatrix latents, int t)
    {
        if (options.Ema == 0 || t < options.EmaStart || !latents.Values.Any(f => f > 0))
        {
            return;
        }

        double[] rowMinima = new double[latents.Rows];
        for (int b = 0; b < rowMinima.Length; b++)
        {
            double[] positive = [.. latents.Row(b).ToArray().Where(f => f > 0)];
            rowMinima[b] = positive.Length == 0 ? double.PositiveInfinity : positive.Min();
        }

        double low = options.EmaStat == "batch_min" ? rowMinima.Min() : rowMinima.Average();
        Value = Value < 0 ? low : ((1 - options.Ema) * Value) + (options.Ema * low);
    }
}
