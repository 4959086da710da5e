using System.Numerics;

namespace Saltus.Kernels;

/// <summary>Σ x·y, each step one fused multiply-add.</summary>
internal readonly struct DotReduction : IReduction
{
    /// <inheritdoc/>
    public static float Identity => 0;

    /// <inheritdoc/>
    public static Vector<float> Step(Vector<float> lane, Vector<float> x, Vector<float> y) => Vector.FusedMultiplyAdd(x, y, lane);

    /// <inheritdoc/>
    public static Vector<double> Step(Vector<double> lane, Vector<double> x, Vector<double> y) => Vector.FusedMultiplyAdd(x, y, lane);

    /// <inheritdoc/>
    public static float Step(float lane, float x, float y) => float.FusedMultiplyAdd(x, y, lane);

    /// <inheritdoc/>
    public static double Step(double lane, double x, double y) => double.FusedMultiplyAdd(x, y, lane);

    /// <inheritdoc/>
    public static Vector<float> Combine(Vector<float> left, Vector<float> right) => left + right;

    /// <inheritdoc/>
    public static float Combine(float left, float right) => left + right;

    /// <inheritdoc/>
    public static double Combine(double left, double right) => left + right;
}
