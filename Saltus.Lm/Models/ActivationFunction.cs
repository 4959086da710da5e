using System.Numerics;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>The non-linearities of MLPs on rows of values; in place allowed.</summary>
internal static partial class ActivationFunction
{
    /// <summary>√(2/π).</summary>
    private const float SqrtTwoOverPi = 0.797884583f;
    private const float Cubic = 0.044715f;
    private const float SqrtHalf = 0.707106769f;

    /// <summary>Computes y[i] = act(x[i]).</summary>
    /// <param name="kind">Which.</param>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/>.</param>
    public static void Apply(ActivationKind kind, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (kind)
        {
            case ActivationKind.Gelu:
                Elementary.Apply(default(GeluFunction), x, y);
                break;
            case ActivationKind.GeluTanh:
                Elementary.Apply(default(GeluTanhFunction), x, y);
                break;
            case ActivationKind.Silu:
                Elementary.Apply(default(SiluFunction), x, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such activation");
        }
    }

    private readonly struct GeluFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) =>
            new Vector<float>(0.5f) * x * (Vector<float>.One + Elementary.Erf(x * new Vector<float>(SqrtHalf)));
    }

    /// <summary>½·(1 + tanh u) is σ(2u): one exp and one division, and nothing cancels where x is far below 0.</summary>
    private readonly struct GeluTanhFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> inner = Vector.FusedMultiplyAdd(new Vector<float>(Cubic) * x * x, x, x);
            return x * Elementary.Sigmoid(inner * new Vector<float>(2 * SqrtTwoOverPi));
        }
    }

    private readonly struct SiluFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => x * Elementary.Sigmoid(x);
    }
}
