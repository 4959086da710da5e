namespace Saltus.Autoencoders;

/// <summary>When a matching pursuit ends, and what surrounds it.</summary>
public sealed record MatchingPursuitOptions
{
    /// <summary>Gets the norm of what is left below which a vector is done; default 0.01, as in SAELens.</summary>
    public double ResidualThreshold { get; init; } = 1e-2;

    /// <summary>Gets the most steps a vector; null for as many as the vector is wide.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Gets whether a vector is done when a step left the set of its active latents as it was.</summary>
    public bool StopsOnSameSupport { get; init; } = true;

    /// <summary>Gets whether the decoder bias is subtracted from the input and added to the output; neither if not.</summary>
    public bool UsesBias { get; init; } = true;

    /// <summary>Gets what is done to vectors on the way in and undone on the way out.</summary>
    public InputTransform Transform { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        if (double.IsNaN(ResidualThreshold) || MaxSteps < 1)
        {
            throw new ArgumentException($"residual threshold {ResidualThreshold}, steps {MaxSteps}: expected a number, and at least 1 step");
        }
    }
}
