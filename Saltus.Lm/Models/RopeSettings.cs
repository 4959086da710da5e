namespace Saltus.Lm.Models;

/// <summary>Rotary positions of a layer.</summary>
public sealed record RopeSettings
{
    /// <summary>Gets how frequencies are made.</summary>
    public RopeKind Kind { get; init; }

    /// <summary>Gets the base θ.</summary>
    public required double Base { get; init; }

    /// <summary>Gets how many of the first dimensions of a head turn; even.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Gets the longest sequence that the configuration states, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Gets the length before it was extended, in tokens; <see cref="MaxPositions"/> if none is stated.</summary>
    public required int OriginalMaxPositions { get; init; }

    /// <summary>Gets the stretch.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Gets llama3's low_freq_factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Gets llama3's high_freq_factor.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>Gets yarn's beta_fast, in turns.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>Gets yarn's beta_slow, in turns.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>Gets whether yarn's bounds are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Gets the stated factor on cos and sin, if one is.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Gets yarn's mscale, if stated.</summary>
    public double? MagnitudeScale { get; init; }

    /// <summary>Gets yarn's mscale_all_dim, if stated.</summary>
    public double? MagnitudeScaleAllDimensions { get; init; }

    /// <summary>Gets longrope's divisors up to the original length, one a frequency.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>Gets longrope's divisors beyond it.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];
}
