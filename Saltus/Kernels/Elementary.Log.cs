using System.Numerics;

namespace Saltus.Kernels;

/// <content>
/// log(x) = k·ln 2 + log(1 + f), x = 2ᵏ·(1 + f), 1 + f in [√½, √2); log(1 + f) = f − (f²/2 − s·(f²/2 + R)), s = f/(2 + f),
/// R = s²·P(s²): the form in which nothing cancels near 1.
/// </content>
internal static partial class Elementary
{
    private const float SmallestNormal = 1.17549435e-38f;
    private const float TwoTo23 = 8388608f;
    private const int SqrtHalfBits = 0x3F3504F3;

    /// <summary>Computes y[i] = log(x[i]). 0 gives −∞, what is below gives NaN.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/> itself.</param>
    public static void Log(ReadOnlySpan<float> x, Span<float> y) => Apply(default(LogFunction), x, y);

    /// <summary>Computes log in every lane.</summary>
    /// <param name="x">Arguments.</param>
    /// <returns>Values.</returns>
    internal static Vector<float> Log(Vector<float> x)
    {
        Vector<int> isSmall = Vector.LessThan(x, new Vector<float>(SmallestNormal));
        Vector<float> scaled = Vector.ConditionalSelect(isSmall, x * new Vector<float>(TwoTo23), x);

        // Counting exponents from √½ puts the mantissa into [√½, √2).
        Vector<int> bits = Vector.AsVectorInt32(scaled) - new Vector<int>(SqrtHalfBits);
        Vector<int> exponent = (bits >> 23) - Vector.ConditionalSelect(isSmall, new Vector<int>(23), Vector<int>.Zero);
        Vector<float> k = Vector.ConvertToSingle(exponent);
        Vector<float> f = Vector.AsVectorSingle((bits & new Vector<int>(0x007FFFFF)) + new Vector<int>(SqrtHalfBits)) - Vector<float>.One;

        Vector<float> s = f / (new Vector<float>(2f) + f);
        Vector<float> z = s * s;

        // P on s² ≤ 0.02944; error of s·R below 5e-12.
        Vector<float> r = new(0.233305737f);
        r = Vector.FusedMultiplyAdd(r, z, new Vector<float>(0.285508156f));
        r = Vector.FusedMultiplyAdd(r, z, new Vector<float>(0.400001228f));
        r = Vector.FusedMultiplyAdd(r, z, new Vector<float>(0.666666687f)) * z;
        Vector<float> half = new Vector<float>(0.5f) * f * f;
        Vector<float> tail = Vector.FusedMultiplyAdd(s, half + r, k * new Vector<float>(Ln2Low));
        Vector<float> result = Vector.FusedMultiplyAdd(k, new Vector<float>(Ln2High), f - (half - tail));

        Vector<float> edge = Vector.ConditionalSelect(
            Vector.Equals(x, Vector<float>.Zero), new Vector<float>(float.NegativeInfinity), new Vector<float>(float.NaN));
        result = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), result, edge);
        return Vector.ConditionalSelect(Vector.Equals(x, new Vector<float>(float.PositiveInfinity)), x, result);
    }

    private readonly struct LogFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Log(x);
    }
}
