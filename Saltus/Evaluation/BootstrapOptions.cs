namespace Saltus.Evaluation;

/// <summary>Settings of a bootstrap interval.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Gets the number of resamples. 10,000 puts the ends of a 95 % interval within about 1 % of its width of their limits.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>Gets the coverage that is aimed at, 0 … 1.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Gets the seed; the stream is "bootstrap".</summary>
    public long Seed { get; init; }

    /// <summary>Gets how the ends are found.</summary>
    public BootstrapMethod Method { get; init; } = BootstrapMethod.BiasCorrectedAccelerated;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 resamples, or the level is not between 0 and 1.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Level, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Level, 1);
    }
}
