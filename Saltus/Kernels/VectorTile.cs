using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saltus.Kernels;

/// <summary>
/// The product tile on <see cref="Vector{T}"/>: c[i, j] = Σ_k a[i, k] · b[k, j] for 6 rows and 2 vectors of columns.
/// 12 accumulators, 2 panel vectors and a broadcast fill the 16 registers of AVX2.
/// </summary>
internal sealed class VectorTile : ProductTile
{
    public VectorTile()
        : base(KernelVariant.Vector, rows: 6, columns: 2 * Vector<float>.Count)
    {
    }

    /// <inheritdoc/>
    public override void Compute(int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        int lanes = Vector<float>.Count;

        // The only bounds checks: the loop below reads exactly these ranges by reference.
        _ = a.Slice(5 * strideA, depth);
        _ = panel[..(depth * 2 * lanes)];
        _ = c.Slice(5 * strideC, 2 * lanes);
        ref float a0 = ref MemoryMarshal.GetReference(a);
        ref float a1 = ref Unsafe.Add(ref a0, strideA);
        ref float a2 = ref Unsafe.Add(ref a1, strideA);
        ref float a3 = ref Unsafe.Add(ref a2, strideA);
        ref float a4 = ref Unsafe.Add(ref a3, strideA);
        ref float a5 = ref Unsafe.Add(ref a4, strideA);
        ref float b = ref MemoryMarshal.GetReference(panel);
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        Vector<float> c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        for (nuint k = 0; k < (nuint)depth; k++)
        {
            Vector<float> b0 = Vector.LoadUnsafe(ref b);
            Vector<float> b1 = Vector.LoadUnsafe(ref b, (nuint)lanes);
            b = ref Unsafe.Add(ref b, 2 * lanes);
            Vector<float> row = new(Unsafe.Add(ref a0, k));
            c00 = Vector.FusedMultiplyAdd(row, b0, c00);
            c01 = Vector.FusedMultiplyAdd(row, b1, c01);
            row = new(Unsafe.Add(ref a1, k));
            c10 = Vector.FusedMultiplyAdd(row, b0, c10);
            c11 = Vector.FusedMultiplyAdd(row, b1, c11);
            row = new(Unsafe.Add(ref a2, k));
            c20 = Vector.FusedMultiplyAdd(row, b0, c20);
            c21 = Vector.FusedMultiplyAdd(row, b1, c21);
            row = new(Unsafe.Add(ref a3, k));
            c30 = Vector.FusedMultiplyAdd(row, b0, c30);
            c31 = Vector.FusedMultiplyAdd(row, b1, c31);
            row = new(Unsafe.Add(ref a4, k));
            c40 = Vector.FusedMultiplyAdd(row, b0, c40);
            c41 = Vector.FusedMultiplyAdd(row, b1, c41);
            row = new(Unsafe.Add(ref a5, k));
            c50 = Vector.FusedMultiplyAdd(row, b0, c50);
            c51 = Vector.FusedMultiplyAdd(row, b1, c51);
        }

        ref float target = ref MemoryMarshal.GetReference(c);
        Store(ref target, 0, lanes, c00, c01);
        Store(ref target, strideC, lanes, c10, c11);
        Store(ref target, 2 * strideC, lanes, c20, c21);
        Store(ref target, 3 * strideC, lanes, c30, c31);
        Store(ref target, 4 * strideC, lanes, c40, c41);
        Store(ref target, 5 * strideC, lanes, c50, c51);
    }

    /// <inheritdoc/>
    protected override void ComputeRow(ReadOnlySpan<float> a, ReadOnlySpan<float> panel, Span<float> c)
    {
        int lanes = Vector<float>.Count;
        Vector<float> c0 = default, c1 = default;
        for (int k = 0; k < a.Length; k++)
        {
            Vector<float> row = new(a[k]);
            c0 = Vector.FusedMultiplyAdd(row, new Vector<float>(panel.Slice(k * 2 * lanes, lanes)), c0);
            c1 = Vector.FusedMultiplyAdd(row, new Vector<float>(panel.Slice((k * 2 * lanes) + lanes, lanes)), c1);
        }

        c0.CopyTo(c);
        c1.CopyTo(c[lanes..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float target, int offset, int lanes, Vector<float> first, Vector<float> second)
    {
        ref float start = ref Unsafe.Add(ref target, offset);
        first.StoreUnsafe(ref start);
        second.StoreUnsafe(ref start, (nuint)lanes);
    }
}
