using System.Numerics;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <content>
/// gelu' = Φ(x) + x·φ(x); the tanh form x·σ(2u) has σ + 2x·u'·σ(1 − σ) with u' = √(2/π)·(1 + 3·0.044715·x²); silu' = σ + x·σ(1 − σ).
/// </content>
internal static partial class ActivationFunction
{
    /// <summary>1/√(2π).</summary>
    private const float GaussianPeak = 0.398942280f;

    /// <summary>Computes y[i] = act'(x[i]).</summary>
    /// <param name="kind">Which.</param>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/>.</param>
    public static void Derivative(ActivationKind kind, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (kind)
        {
            case ActivationKind.Gelu:
                Elementary.Apply(default(GeluSlope), x, y);
                break;
            case ActivationKind.GeluTanh:
                Elementary.Apply(default(GeluTanhSlope), x, y);
                break;
            case ActivationKind.Silu:
                Elementary.Apply(default(SiluSlope), x, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such activation");
        }
    }

    private readonly struct GeluSlope : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> half = new(0.5f);
            Vector<float> share = half * (Vector<float>.One + Elementary.Erf(x * new Vector<float>(SqrtHalf)));
            Vector<float> density = new Vector<float>(GaussianPeak) * Elementary.Exp(-(half * x) * x);
            return Vector.FusedMultiplyAdd(x, density, share);
        }
    }

    private readonly struct GeluTanhSlope : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> cubic = new Vector<float>(Cubic) * x * x;
            Vector<float> s = Elementary.Sigmoid(Vector.FusedMultiplyAdd(cubic, x, x) * new Vector<float>(2 * SqrtTwoOverPi));
            Vector<float> inner = new Vector<float>(2 * SqrtTwoOverPi) * Vector.FusedMultiplyAdd(new Vector<float>(3), cubic, Vector<float>.One);
            return Vector.FusedMultiplyAdd(x * inner, s * (Vector<float>.One - s), s);
        }
    }

    private readonly struct SiluSlope : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> s = Elementary.Sigmoid(x);
            return Vector.FusedMultiplyAdd(x, s * (Vector<float>.One - s), s);
        }
    }
}
