using System.Numerics;

namespace Saltus.Kernels;

/// <content>
/// erf(x) = x + x·P(x²) for |x| ≤ 1, else sign(x)·(1 − exp(−Q(|x|))) with Q = −log(1 − erf).
/// </content>
internal static partial class Elementary
{
    // erf is 1 in float32 from here on.
    private const float LargestErf = 4f;

    /// <summary>Computes y[i] = erf(x[i]). NaN gives NaN.</summary>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; may be <paramref name="x"/> itself.</param>
    public static void Erf(ReadOnlySpan<float> x, Span<float> y) => Apply(default(ErfFunction), x, y);

    /// <summary>Computes erf in every lane.</summary>
    /// <param name="x">Arguments.</param>
    /// <returns>Values.</returns>
    internal static Vector<float> Erf(Vector<float> x)
    {
        Vector<float> magnitude = Vector.Abs(x);
        Vector<float> z = x * x;

        // P on x² ≤ 1; error below 2e-9.
        Vector<float> p = new(7.87587487e-05f);
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.00080168643f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.00518908724f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.0268542115f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.112835944f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.37612626f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.128379166f));
        Vector<float> small = Vector.FusedMultiplyAdd(p, magnitude, magnitude);

        // Q on [1, 4]; error below 2e-8, times 1 − erf ≤ 0.16 in the result.
        Vector<float> t = Vector.ConditionalSelect(
            Vector.GreaterThan(magnitude, new Vector<float>(LargestErf)), new Vector<float>(LargestErf), magnitude);
        Vector<float> q = new(-1.6371514e-06f);
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(4.60580413e-05f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.00059680565f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.0047595962f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.0264211353f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.110080086f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.631826043f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(1.13023341f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.00032013806f));
        Vector<float> large = Vector<float>.One - Exp(-q);
        return CopySign(Vector.ConditionalSelect(Vector.LessThanOrEqual(magnitude, Vector<float>.One), small, large), x);
    }

    private readonly struct ErfFunction : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Erf(x);
    }
}
