using System.Numerics;

namespace Saltus.Kernels;

/// <summary>
/// What one step of a reduction does, as a vector and as a number, in both precisions: the same operations in each form, so that the
/// plain and the fast loop of <see cref="Reductions"/> agree to the bit.
/// </summary>
internal interface IReduction
{
    /// <summary>Gets what a lane starts with.</summary>
    static abstract float Identity { get; }

    /// <summary>Takes one value a lane.</summary>
    /// <param name="lane">The lanes so far.</param>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side.</param>
    /// <returns>The lanes.</returns>
    static abstract Vector<float> Step(Vector<float> lane, Vector<float> x, Vector<float> y);

    /// <inheritdoc cref="Step(Vector{float}, Vector{float}, Vector{float})"/>
    static abstract Vector<double> Step(Vector<double> lane, Vector<double> x, Vector<double> y);

    /// <inheritdoc cref="Step(Vector{float}, Vector{float}, Vector{float})"/>
    static abstract float Step(float lane, float x, float y);

    /// <inheritdoc cref="Step(Vector{float}, Vector{float}, Vector{float})"/>
    static abstract double Step(double lane, double x, double y);

    /// <summary>Joins lanes with those of a higher index, each with its own.</summary>
    /// <param name="left">The lanes of lower index.</param>
    /// <param name="right">The others.</param>
    /// <returns>Half as many lanes.</returns>
    static abstract Vector<float> Combine(Vector<float> left, Vector<float> right);

    /// <summary>Joins two lanes.</summary>
    /// <param name="left">The lane of lower index.</param>
    /// <param name="right">The other.</param>
    /// <returns>One lane.</returns>
    static abstract float Combine(float left, float right);

    /// <inheritdoc cref="Combine(float, float)"/>
    static abstract double Combine(double left, double right);
}
