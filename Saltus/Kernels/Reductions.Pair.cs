using System.Numerics;
using System.Runtime.InteropServices;

namespace Saltus.Kernels;

/// <content>Two dots with one left side, which is loaded once for both: half the loads of a product of few rows.</content>
internal static partial class Reductions
{
    /// <summary>Computes Σ x[i]·y[i] and Σ x[i]·z[i], each with the bits of <see cref="Dot"/>.</summary>
    /// <param name="x">The left side of both.</param>
    /// <param name="y">Right side of the first, as long as <paramref name="x"/>.</param>
    /// <param name="z">Right side of the second, as long as <paramref name="x"/>.</param>
    /// <returns>Both sums.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static (float OfY, float OfZ) DotPair(ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> z)
    {
        // Narrower vectors would need more accumulators than there are registers; wider ones are two to a step.
        if (Vector<float>.Count != 8 || KernelTable.IsPlain || x.Length % Lanes != 0)
        {
            return (Dot(x, y), Dot(x, z));
        }

        CheckLengths(x, y);
        CheckLengths(x, z);
        ref float p = ref MemoryMarshal.GetReference(x);
        ref float q = ref MemoryMarshal.GetReference(y);
        ref float r = ref MemoryMarshal.GetReference(z);
        Vector<float> y0 = default, y1 = default, y2 = default, y3 = default, z0 = default, z1 = default, z2 = default, z3 = default;
        for (nuint i = 0; i < (nuint)x.Length; i += Lanes)
        {
            Vector<float> left = Vector.LoadUnsafe(ref p, i);
            y0 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref q, i), y0);
            z0 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref r, i), z0);
            left = Vector.LoadUnsafe(ref p, i + 8);
            y1 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref q, i + 8), y1);
            z1 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref r, i + 8), z1);
            left = Vector.LoadUnsafe(ref p, i + 16);
            y2 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref q, i + 16), y2);
            z2 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref r, i + 16), z2);
            left = Vector.LoadUnsafe(ref p, i + 24);
            y3 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref q, i + 24), y3);
            z3 = Vector.FusedMultiplyAdd(left, Vector.LoadUnsafe(ref r, i + 24), z3);
        }

        return (FoldVector<DotReduction>(y0 + y2 + (y1 + y3)), FoldVector<DotReduction>(z0 + z2 + (z1 + z3)));
    }
}
