namespace Saltus.Cli.Bench;

/// <summary>The middle of several measurements and how far they spread.</summary>
/// <param name="Low">The lower quartile.</param>
/// <param name="Median">The median.</param>
/// <param name="High">The upper quartile.</param>
internal readonly record struct BenchQuartiles(double Low, double Median, double High)
{
    /// <summary>Computes the quartiles of measurements, each one of them: nothing is interpolated.</summary>
    /// <param name="values">At least one, in any order.</param>
    /// <returns>The quartiles.</returns>
    public static BenchQuartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int last = sorted.Length - 1;
        return new BenchQuartiles(sorted[last / 4], sorted[sorted.Length / 2], sorted[last - (last / 4)]);
    }
}
