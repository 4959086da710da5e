using System.Numerics;
using System.Runtime.CompilerServices;

namespace Saltus.Kernels;

/// <content>
/// tanh(x) = x + x³·P(x²) for |x| ≤ 0.7, else sign(x)·(1 − 2/(exp(2|x|) + 1)); logistic σ(x) = 1/(1 + exp(−x)).
/// </content>
internal static partial class Elementary
{
    private const float SmallTanh = 0.7f;

    // tanh is 1 in float32 from here on.
    private const float LargestTanh = 10f;

    /// <summary>Computes y[i] = tanh(x[i]). NaN gives NaN.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/> itself.</param>
    public static void Tanh(ReadOnlySpan<float> x, Span<float> y) => Apply(default(TanhFunction), x, y);

    /// <summary>Computes y[i] = c·tanh(x[i]·scale/c): a soft cap.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="scale">What each argument is multiplied by first.</param>
    /// <param name="cap">The bound c.</param>
    /// <param name="y">Values; may be <paramref name="x"/> itself.</param>
    public static void SoftCap(ReadOnlySpan<float> x, float scale, float cap, Span<float> y) => Apply(new SoftCapFunction(scale / cap, cap), x, y);

    /// <summary>Computes y[i] = 1/(1 + exp(−x[i])). NaN gives NaN.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/> itself.</param>
    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Apply(default(SigmoidFunction), x, y);

    /// <summary>Computes tanh in every lane.</summary>
    /// <param name="x">Arguments.</param>
    /// <returns>Values.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Tanh(Vector<float> x)
    {
        Vector<float> magnitude = Vector.Abs(x);
        Vector<float> z = x * x;

        // P on x² ≤ 0.49; relative error of the result below 3e-9.
        Vector<float> p = new(0.00206062151f);
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.00811350718f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.0216894057f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.0539481714f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.133332506f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.333333313f));
        Vector<float> result = Vector.FusedMultiplyAdd(p * z, magnitude, magnitude);

        // Attention scores far below their cap are all small: the other branch is then not computed, and the bits are the same.
        Vector<int> isSmall = Vector.LessThanOrEqual(magnitude, new Vector<float>(SmallTanh));
        if (!Vector.EqualsAll(isSmall, Vector<int>.AllBitsSet))
        {
            Vector<float> bounded = Vector.ConditionalSelect(
                Vector.GreaterThan(magnitude, new Vector<float>(LargestTanh)), new Vector<float>(LargestTanh), magnitude);
            Vector<float> large = Vector<float>.One - (new Vector<float>(2f) / (Exp(bounded + bounded) + Vector<float>.One));
            result = Vector.ConditionalSelect(isSmall, result, large);
        }

        return CopySign(result, x);
    }

    /// <summary>Computes 1/(1 + exp(−x)) in every lane.</summary>
    /// <param name="x">Arguments.</param>
    /// <returns>Values.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    private static Vector<float> CopySign(Vector<float> magnitude, Vector<float> sign)
        => Vector.BitwiseOr(magnitude, Vector.BitwiseAnd(sign, new Vector<float>(-0f)));

    private readonly struct TanhFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Tanh(x);
    }

    private readonly struct SigmoidFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Sigmoid(x);
    }

    private readonly struct SoftCapFunction(float scale, float cap) : IVectorFunction
    {
        private readonly float _scale = scale;
        private readonly float _cap = cap;

        public Vector<float> Invoke(Vector<float> x) => new Vector<float>(_cap) * Tanh(x * new Vector<float>(_scale));
    }
}
