namespace Saltus.Reports;

/// <summary>A measure over seeds.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of a sample; null for one seed.</param>
public readonly record struct SeedSpread(double Mean, double? Deviation)
{
    /// <summary>Computes mean and deviation.</summary>
    /// <param name="values">One a seed, at least one.</param>
    /// <returns>The spread.</returns>
    public static SeedSpread Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = all.Average();
        return new SeedSpread(mean, all.Length < 2 ? null : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1)));
    }
}
