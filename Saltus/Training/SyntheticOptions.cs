namespace Saltus.Training;

/// <summary>Synthetic vectors with a known dictionary: x = Σ s_i a_i d_i + noise, scaled to E‖x‖² = 1.</summary>
public sealed record SyntheticOptions
{
    /// <summary>Gets how features fire together.</summary>
    public SyntheticKind Kind { get; init; }

    /// <summary>Gets d.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Gets the number of true features.</summary>
    public int Features { get; init; } = 256;

    /// <summary>Gets the mean number of firing features a vector; of hierarchical ones before parents are asked.</summary>
    public double MeanActive { get; init; } = 8;

    /// <summary>Gets the correlation within a group of the correlated kind.</summary>
    public double Correlation { get; init; } = 0.35;

    /// <summary>Gets the number of groups of the correlated kind.</summary>
    public int Groups { get; init; } = 16;

    /// <summary>Gets the standard deviation of the noise on each coordinate, before scaling.</summary>
    public double Noise { get; init; } = 0.02;

    /// <summary>Gets the seed of dictionary and vectors.</summary>
    public long Seed { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Width > 0, "width of synthetic vectors", Width, "a positive number");
        TrainerOptions.Check(Features >= 4, "synthetic features", Features, "at least 4");
        TrainerOptions.Check(MeanActive > 0 && MeanActive <= Features / 4.0, "mean active features", MeanActive, $"0 < mean ≤ {Features / 4.0}");
        TrainerOptions.Check(Correlation is >= 0 and < 1, "correlation", Correlation, "0 ≤ correlation < 1");
        TrainerOptions.Check(Groups > 0, "groups", Groups, "a positive number");
        TrainerOptions.Check(Noise >= 0, "noise", Noise, "0 or a positive number");
    }
}
