using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

/// <summary>
/// The float64 functions against the C library's, which are within 1e-16 of the exact values, and against known bits: those must be the same on every machine.
/// </summary>
public sealed class RealFunctionsTests
{
    /// <summary>Two units in the last place of either side.</summary>
    private const double Tolerance = 1e-15;

    /// <summary>Of the result's scale 1: cos passes through 0.</summary>
    private const double CosTolerance = 5e-16;

    [Fact]
    public void Exp_log_tanh_and_powers_agree_with_the_library()
    {
        RandomSource random = new(3, "real functions");
        for (int i = 0; i < 200_000; i++)
        {
            double u = random.NextDouble();
            double v = random.NextDouble();
            double x = ((2 * u) - 1) * 700;
            Near(Math.Exp(x), RealFunctions.Exp(x), Tolerance, x);
            Near(Math.Exp(u - v), RealFunctions.Exp(u - v), Tolerance, u - v);
            Near(Math.Log(u + 0.5), RealFunctions.Log(u + 0.5), Tolerance, u + 0.5);
            double wide = Math.ScaleB(u + 1e-3, (int)(v * 2000) - 1000);
            Near(Math.Log(wide), RealFunctions.Log(wide), Tolerance, wide);
            double t = ((2 * u) - 1) * Math.ScaleB(1, (int)(v * 24) - 18);
            Near(Math.Tanh(t), RealFunctions.Tanh(t), Tolerance, t);
            double power = (4 * v) - 2;
            Near(Math.Pow(u + 1e-6, power), RealFunctions.Pow(u + 1e-6, power), Tolerance * (1 + Math.Abs(power * Math.Log(u + 1e-6))), u);
            Assert.InRange(RealFunctions.CosPi(u), Math.Cos(Math.PI * u) - CosTolerance, Math.Cos(Math.PI * u) + CosTolerance);
        }
    }

    [Fact]
    public void Edges_are_what_the_definitions_say()
    {
        Assert.Equal(1, RealFunctions.Exp(0));
        Assert.Equal(0, RealFunctions.Exp(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, RealFunctions.Exp(double.PositiveInfinity));
        Assert.Equal(double.NaN, RealFunctions.Exp(double.NaN));
        Assert.Equal(0, RealFunctions.Log(1));
        Assert.Equal(double.NegativeInfinity, RealFunctions.Log(0));
        Assert.Equal(double.NaN, RealFunctions.Log(-1));
        Assert.Equal(double.PositiveInfinity, RealFunctions.Log(double.PositiveInfinity));
        Near(Math.Log(double.Epsilon), RealFunctions.Log(double.Epsilon), Tolerance, double.Epsilon);
        Assert.Equal(0, RealFunctions.Pow(0, 3));
        Assert.Equal(1, RealFunctions.Pow(0, 0));
        Assert.Equal(double.PositiveInfinity, RealFunctions.Pow(0, -0.5));
        Assert.Equal(1, RealFunctions.Tanh(30));
        Assert.Equal(-1, RealFunctions.Tanh(double.NegativeInfinity));
        Assert.Equal(double.NaN, RealFunctions.Tanh(double.NaN));
        Assert.Equal(1, RealFunctions.CosPi(0));
        Assert.Equal(-1, RealFunctions.CosPi(1));
    }

    private static void Near(double expected, double found, double tolerance, double at)
    {
        double error = expected == found ? 0 : Math.Abs(expected - found) / Math.Abs(expected);
        Assert.True(error <= tolerance, FormattableString.Invariant($"at {at:R}: expected {expected:R}, found {found:R}, relative error {error:G3}"));
    }
}
