using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saltus.Kernels;

/// <summary>
/// The register-blocked heart of every dense product: c[i, j] = Σ_k a[i, k] · b[k, j] for 6 rows and 2 vectors of columns.
/// a: 6 rows, each contiguous in k, <c>strideA</c> apart, read in place and broadcast; b: a packed panel [k, 2 vectors]; c: row-major.
/// Called by <see cref="MatMul"/> (rows = tokens, lanes = outputs) and <see cref="ThresholdEncode"/> (rows = latents, lanes = tokens).
/// One chain of fused multiply-adds over k from zero for each element: the same bits at every vector width.
/// 12 accumulators, 2 panel vectors and a broadcast fill the 16 registers of AVX2.
/// </summary>
internal static class ProductTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Gets the columns of a tile: two vectors.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * Vector<float>.Count;
    }

    /// <summary>Computes one full tile.</summary>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">Starts at the first of 6 rows.</param>
    /// <param name="strideA">Elements between the rows of a.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c">Starts at the tile's first element; overwritten.</param>
    /// <param name="strideC">Elements between the rows of c.</param>
    public static void Compute(int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
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

    /// <summary>Computes a tile of which only some rows and columns exist: whole tiles through a buffer, row by row where rows are missing.</summary>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="rows">Rows that exist, 1 … 6.</param>
    /// <param name="columns">Columns that exist, at least 1; the panel is zero-padded beyond.</param>
    /// <param name="a">Starts at the first row.</param>
    /// <param name="strideA">Elements between the rows of a.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c">Starts at the tile's first element; overwritten where rows and columns exist.</param>
    /// <param name="strideC">Elements between the rows of c.</param>
    public static void ComputeEdge(
        int depth, int rows, int columns, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        Span<float> tile = stackalloc float[Rows * Columns];
        if (rows == Rows)
        {
            Compute(depth, a, strideA, panel, tile, Columns);
        }
        else
        {
            for (int row = 0; row < rows; row++)
            {
                // Six times the same row would be wasted work; a single chain per lane gives the same bits.
                ComputeRow(a.Slice(row * strideA, depth), panel, tile.Slice(row * Columns, Columns));
            }
        }

        for (int row = 0; row < rows; row++)
        {
            tile.Slice(row * Columns, columns).CopyTo(c.Slice(row * strideC, columns));
        }
    }

    /// <summary>Copies rows of b into a panel: panel[k, j] = b[j, k], zero beyond the rows that exist.</summary>
    /// <param name="depth">Length of the rows.</param>
    /// <param name="columns">Rows of b that exist, at most <see cref="Columns"/>.</param>
    /// <param name="b">Starts at the first row.</param>
    /// <param name="strideB">Elements between the rows of b.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values; overwritten.</param>
    public static void Pack(int depth, int columns, ReadOnlySpan<float> b, int strideB, Span<float> panel)
    {
        int width = Columns;
        if (columns < width)
        {
            panel[..(depth * width)].Clear();
        }

        for (int j = 0; j < columns; j++)
        {
            ReadOnlySpan<float> row = b.Slice(j * strideB, depth);
            Span<float> target = panel[j..];
            for (int k = 0; k < row.Length; k++)
            {
                target[k * width] = row[k];
            }
        }
    }

    private static void ComputeRow(ReadOnlySpan<float> a, ReadOnlySpan<float> panel, Span<float> c)
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
