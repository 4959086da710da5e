using System.Numerics;

namespace Saltus.Kernels;

/// <summary>y += a·x, one fused multiply-add an element: the same bits at every vector width.</summary>
public static class Axpy
{
    /// <summary>Adds a multiple of one vector to another.</summary>
    /// <param name="a">The multiple.</param>
    /// <param name="x">[n].</param>
    /// <param name="y">[n]; changed in place; may be the same as x, must not overlap it otherwise.</param>
    public static void Add(float a, ReadOnlySpan<float> x, Span<float> y)
    {
        int lanes = Vector<float>.Count;
        int whole = KernelTable.IsPlain ? -1 : y.Length - lanes;
        Vector<float> factor = new(a);
        int j = 0;
        for (; j <= whole; j += lanes)
        {
            Vector.FusedMultiplyAdd(factor, new Vector<float>(x.Slice(j, lanes)), new Vector<float>(y.Slice(j, lanes))).CopyTo(y.Slice(j, lanes));
        }

        for (; j < y.Length; j++)
        {
            y[j] = float.FusedMultiplyAdd(a, x[j], y[j]);
        }
    }
}
