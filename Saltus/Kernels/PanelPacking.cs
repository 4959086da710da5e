using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Saltus.Kernels;

/// <summary>
/// Transposition into panels: to[k, j] = from[j, k]. from: rows of values, <c>strideFrom</c> apart; to: rows of columns, <c>strideTo</c> apart.
/// Blocks of 4 × 4 values turned in registers, sixteen columns of a row at a time so that a cache line is read once; what is left is copied
/// value by value. Called by the packing of every product. Values are moved, never changed: NaN payloads survive.
/// </summary>
internal static class PanelPacking
{
    private const int Block = 4;
    private const int Line = 16;

    /// <summary>Copies a block transposed.</summary>
    /// <param name="rows">Rows of <paramref name="from"/>: columns of <paramref name="to"/>.</param>
    /// <param name="depth">Values of a row.</param>
    /// <param name="from">Starts at the first row.</param>
    /// <param name="strideFrom">Elements between rows of <paramref name="from"/>.</param>
    /// <param name="to">Overwritten at [k, j] for k &lt; depth, j &lt; rows.</param>
    /// <param name="strideTo">Elements between rows of <paramref name="to"/>.</param>
    public static void Transpose(int rows, int depth, ReadOnlySpan<float> from, int strideFrom, Span<float> to, int strideTo)
    {
        if (rows == 0 || depth == 0)
        {
            return;
        }

        // The only bounds checks of the vector loop.
        _ = from.Slice((rows - 1) * strideFrom, depth);
        _ = to.Slice((depth - 1) * strideTo, rows);
        bool canTurn = !KernelTable.IsPlain && (Sse.IsSupported || AdvSimd.Arm64.IsSupported);
        int wholeRows = canTurn ? rows / Block * Block : 0;
        int wholeDepth = canTurn ? depth / Block * Block : 0;
        for (int k = 0; k < wholeDepth; k += Line)
        {
            int end = Math.Min(k + Line, wholeDepth);
            for (int j = 0; j < wholeRows; j += Block)
            {
                for (int at = k; at < end; at += Block)
                {
                    ref float source = ref Unsafe.Add(ref MemoryMarshal.GetReference(from), ((nint)j * strideFrom) + at);
                    ref float target = ref Unsafe.Add(ref MemoryMarshal.GetReference(to), ((nint)at * strideTo) + j);
                    Turn(ref source, strideFrom, ref target, strideTo);
                }
            }
        }

        Copy(0, wholeRows, wholeDepth, depth, from, strideFrom, to, strideTo);
        Copy(wholeRows, rows, 0, depth, from, strideFrom, to, strideTo);
    }

    private static void Copy(
        int firstRow, int endRow, int firstDepth, int endDepth, ReadOnlySpan<float> from, int strideFrom, Span<float> to, int strideTo)
    {
        for (int j = firstRow; j < endRow; j++)
        {
            for (int k = firstDepth; k < endDepth; k++)
            {
                to[(k * strideTo) + j] = from[(j * strideFrom) + k];
            }
        }
    }

    /// <summary>Lanes: four rows of four values, by pairs (0, 2) and (1, 3) interleaved twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(ref float source, nint strideFrom, ref float target, nint strideTo)
    {
        Vector128<float> r0 = Vector128.LoadUnsafe(ref source);
        Vector128<float> r1 = Vector128.LoadUnsafe(ref Unsafe.Add(ref source, strideFrom));
        Vector128<float> r2 = Vector128.LoadUnsafe(ref Unsafe.Add(ref source, 2 * strideFrom));
        Vector128<float> r3 = Vector128.LoadUnsafe(ref Unsafe.Add(ref source, 3 * strideFrom));
        Vector128<float> even0 = Low(r0, r2), even1 = High(r0, r2), odd0 = Low(r1, r3), odd1 = High(r1, r3);
        Low(even0, odd0).StoreUnsafe(ref target);
        High(even0, odd0).StoreUnsafe(ref Unsafe.Add(ref target, strideTo));
        Low(even1, odd1).StoreUnsafe(ref Unsafe.Add(ref target, 2 * strideTo));
        High(even1, odd1).StoreUnsafe(ref Unsafe.Add(ref target, 3 * strideTo));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackLow(x, y) : AdvSimd.Arm64.ZipLow(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> x, Vector128<float> y) =>
        Sse.IsSupported ? Sse.UnpackHigh(x, y) : AdvSimd.Arm64.ZipHigh(x, y);
}
