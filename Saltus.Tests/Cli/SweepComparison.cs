using Saltus.Tests.Training;

namespace Saltus.Tests.Cli;

/// <summary>Compares sweeps by all that must not depend on interruptions.</summary>
internal static class SweepComparison
{
    /// <summary>Fails unless both have so many SAEs with the same bytes of weights, logs, settings and evaluations, and the same table but for times.</summary>
    public static void AssertSame(string expected, string actual, int count)
    {
        string[] members = [.. Directory.EnumerateDirectories(Path.Combine(expected, "runs")).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(count, members.Length);
        foreach (string member in members)
        {
            (string one, string other) = (Path.Combine(expected, "runs", member), Path.Combine(actual, "runs", member));
            SmallRun.AssertSame(one, other);
            foreach (string name in new[] { "config.json", "eval.json", "intervals.json" })
            {
                Assert.Equal(File.ReadAllText(Path.Combine(one, name)), File.ReadAllText(Path.Combine(other, name)));
            }
        }

        Assert.Equal(WithoutTimes(Path.Combine(expected, "results.csv")), WithoutTimes(Path.Combine(actual, "results.csv")));
    }

    /// <summary>The table of a sweep without its last three columns, which are what the steps took.</summary>
    private static string[] WithoutTimes(string table)
    {
        string[][] lines = [.. File.ReadAllLines(table).Select(line => line.Split(','))];
        Assert.Equal(["step_seconds", "milliseconds_a_step", "cost_share"], lines[0][^3..]);
        return [.. lines.Select(line => string.Join(',', line[..^3]))];
    }
}
