using Saltus.Tests.Training.Twin;

namespace Saltus.Tests.Training;

/// <summary>The measure of all training tolerances: max |a − b| / max |b| of a tensor, with a list of what exceeds its tolerance.</summary>
internal sealed class Deviation(string subject)
{
    // Tensors that are zero throughout are compared absolutely, on this scale: the reference's own floor.
    private const double SmallestScale = 1e-9;
    private readonly List<string> _failures = [];

    /// <summary>The largest deviation seen.</summary>
    public double Worst { get; private set; }

    public static double Between(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0;
        double scale = SmallestScale;
        for (int n = 0; n < actual.Length; n++)
        {
            // Written so that a NaN counts as far off.
            double distance = actual[n] == expected[n] ? 0 : Math.Abs(actual[n] - expected[n]);
            difference = distance <= difference ? difference : distance;
            scale = Math.Max(scale, Math.Abs(expected[n]));
        }

        return difference / scale;
    }

    public void Compare(string tensor, ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance)
    {
        if (actual.Length != expected.Length)
        {
            _failures.Add($"{subject}: {tensor} has {actual.Length} values, expected {expected.Length}");
            return;
        }

        double deviation = Between(actual, expected);
        Worst = Math.Max(Worst, deviation);
        if (!(deviation <= tolerance))
        {
            _failures.Add($"{subject}: {tensor} deviates by {deviation:e2}, allowed {tolerance:e1}");
        }
    }

    /// <summary>Compares every tensor of <paramref name="expected"/>; a name that only one side has fails.</summary>
    public void Compare(string prefix, NamedTensors actual, NamedTensors expected, double tolerance)
    {
        foreach (string name in actual.Names.Union(expected.Names, StringComparer.Ordinal))
        {
            if (!actual.Has(name) || !expected.Has(name))
            {
                _failures.Add($"{subject}: {prefix}{name} is {(actual.Has(name) ? "not expected" : "missing")}");
                continue;
            }

            Compare(prefix + name, actual[name].Values, expected[name].Values, tolerance);
        }
    }

    public void Check() => Assert.True(_failures.Count == 0, string.Join('\n', _failures));
}
