namespace Saltus.Lm.Models;

/// <summary>How the frequencies of rotary positions are made from the base.</summary>
public enum RopeKind
{
    /// <summary>f_m = θ^(−2m/r).</summary>
    Plain,

    /// <summary>All divided by a factor.</summary>
    Linear,

    /// <summary>Low frequencies divided by a factor, high ones kept, a ramp between.</summary>
    Llama3,

    /// <summary>A base that grows with the length beyond the trained context.</summary>
    Dynamic,

    /// <summary>A ramp over dimensions, with a factor on cos and sin.</summary>
    Yarn,

    /// <summary>A divisor for each frequency, one list for short and one for long sequences.</summary>
    LongRope,
}
