namespace Saltus.Lm.Interpretation;

/// <summary>Settings of an attribution.</summary>
public sealed record AttributionOptions
{
    /// <summary>Gets the method.</summary>
    public AttributionMethod Method { get; init; } = AttributionMethod.GradientActivation;

    /// <summary>Gets the points of the line at which integrated gradients are taken, the middles of so many equal parts; each costs a pass.</summary>
    public int Steps { get; init; } = 16;

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public void Validate() => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Steps);
}
