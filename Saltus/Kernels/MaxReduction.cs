using System.Numerics;

namespace Saltus.Kernels;

/// <summary>The largest x, NaN if one is; the right side is not read.</summary>
internal readonly struct MaxReduction : IReduction
{
    /// <inheritdoc/>
    public static float Identity => float.NegativeInfinity;

    /// <inheritdoc/>
    public static Vector<float> Step(Vector<float> lane, Vector<float> x, Vector<float> y) => Vector.Max(lane, x);

    /// <inheritdoc/>
    public static Vector<double> Step(Vector<double> lane, Vector<double> x, Vector<double> y) => Vector.Max(lane, x);

    /// <inheritdoc/>
    public static float Step(float lane, float x, float y) => float.Max(lane, x);

    /// <inheritdoc/>
    public static double Step(double lane, double x, double y) => double.Max(lane, x);

    /// <inheritdoc/>
    public static Vector<float> Combine(Vector<float> left, Vector<float> right) => Vector.Max(left, right);

    /// <inheritdoc/>
    public static float Combine(float left, float right) => float.Max(left, right);

    /// <inheritdoc/>
    public static double Combine(double left, double right) => double.Max(left, right);
}
