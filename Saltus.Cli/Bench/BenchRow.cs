namespace Saltus.Cli.Bench;

/// <summary>What was measured of one case.</summary>
internal sealed record BenchRow
{
    /// <summary>Gets the case's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets shapes and settings.</summary>
    public required string What { get; init; }

    /// <summary>Gets what one run gets done.</summary>
    public required BenchWork Work { get; init; }

    /// <summary>Gets the tokens of one run; 0 where none are counted.</summary>
    public required double Tokens { get; init; }

    /// <summary>Gets the seconds of one run: median and quartiles.</summary>
    public required BenchQuartiles Seconds { get; init; }

    /// <summary>Gets the bytes that one run allocated on the managed heap: the median.</summary>
    public required long AllocatedBytes { get; init; }

    /// <summary>Gets the floor's name; null for a floor.</summary>
    public string? Floor { get; init; }

    /// <summary>Gets the seconds of the floor's runs in between; null for a floor.</summary>
    public BenchQuartiles? FloorSeconds { get; init; }

    /// <summary>Gets the time for a unit of work as a multiple of the floor's, of the floor's runs just before and after; null for a floor.</summary>
    public BenchQuartiles? Ratio { get; init; }

    /// <summary>Gets what the last run found; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Gets the units of work a second.</summary>
    public double Rate => Work.Amount / Seconds.Median;
}
