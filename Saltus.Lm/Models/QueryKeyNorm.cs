namespace Saltus.Lm.Models;

/// <summary>Whether and over what queries and keys are normed before they turn.</summary>
public enum QueryKeyNorm
{
    /// <summary>They are not.</summary>
    None,

    /// <summary>Over each head by itself, with one weight [head width].</summary>
    PerHead,

    /// <summary>Over all heads together, with one weight as wide as the projection.</summary>
    WholeProjection,
}
