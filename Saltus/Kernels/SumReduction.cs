using System.Numerics;

namespace Saltus.Kernels;

/// <summary>Σ x; the right side is not read.</summary>
internal readonly struct SumReduction : IReduction
{
    /// <inheritdoc/>
    public static float Identity => 0;

    /// <inheritdoc/>
    public static Vector<float> Step(Vector<float> lane, Vector<float> x, Vector<float> y) => lane + x;

    /// <inheritdoc/>
    public static Vector<double> Step(Vector<double> lane, Vector<double> x, Vector<double> y) => lane + x;

    /// <inheritdoc/>
    public static float Step(float lane, float x, float y) => lane + x;

    /// <inheritdoc/>
    public static double Step(double lane, double x, double y) => lane + x;

    /// <inheritdoc/>
    public static Vector<float> Combine(Vector<float> left, Vector<float> right) => left + right;

    /// <inheritdoc/>
    public static float Combine(float left, float right) => left + right;

    /// <inheritdoc/>
    public static double Combine(double left, double right) => left + right;
}
