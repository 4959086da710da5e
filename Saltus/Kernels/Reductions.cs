using System.Numerics;

namespace Saltus.Kernels;

/// <summary>
/// Sums, dots and maxima with a fixed order. float32: value i goes to virtual lane i mod 32, each lane is one chain in ascending i,
/// and the lanes are folded by the tree 16, 8, 4, 2, 1. float64 (names that end in InDouble): the same with 16 lanes.
/// Shapes: spans of equal length; an empty span gives 0 (Max: negative infinity). Called by norms, softmax, losses and metrics.
/// Each has a plain loop, which is the definition, and one on <see cref="Vector{T}"/> that keeps 2, 4 or 8 vectors as the lanes:
/// equal bits at 128, 256 and 512 bits. A NaN anywhere gives NaN.
/// </summary>
internal static partial class Reductions
{
    /// <summary>Virtual lanes of the float32 reductions.</summary>
    internal const int Lanes = 32;

    /// <summary>Virtual lanes of the float64 reductions.</summary>
    internal const int DoubleLanes = 16;

    /// <summary>Computes Σ x[i]·y[i], fused.</summary>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side, as long as <paramref name="x"/>.</param>
    /// <returns>The sum of products.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Reduce<DotReduction>(x, y);

    /// <summary>Computes Σ x[i].</summary>
    /// <param name="x">Values.</param>
    /// <returns>The sum.</returns>
    public static float Sum(ReadOnlySpan<float> x) => Reduce<SumReduction>(x, x);

    /// <summary>Computes Σ x[i]², fused.</summary>
    /// <param name="x">Values.</param>
    /// <returns>The sum of squares.</returns>
    public static float SumOfSquares(ReadOnlySpan<float> x) => Reduce<DotReduction>(x, x);

    /// <summary>Computes the largest value.</summary>
    /// <param name="x">Values.</param>
    /// <returns>The maximum; negative infinity of none; NaN if one is.</returns>
    public static float Max(ReadOnlySpan<float> x) => Reduce<MaxReduction>(x, x);

    /// <summary>Computes Σ x[i]·y[i] with float64 products and sums.</summary>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side, as long as <paramref name="x"/>.</param>
    /// <returns>The sum of products.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double DotInDouble(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => ReduceInDouble<DotReduction>(x, y);

    /// <summary>Computes Σ x[i] in float64.</summary>
    /// <param name="x">Values.</param>
    /// <returns>The sum.</returns>
    public static double SumInDouble(ReadOnlySpan<float> x) => ReduceInDouble<SumReduction>(x, x);

    /// <summary>Computes Σ x[i]² in float64.</summary>
    /// <param name="x">Values.</param>
    /// <returns>The sum of squares.</returns>
    public static double SumOfSquaresInDouble(ReadOnlySpan<float> x) => ReduceInDouble<DotReduction>(x, x);

    /// <summary>Computes Σ (x[i] − y[i])² in float64, the differences too.</summary>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side, as long as <paramref name="x"/>.</param>
    /// <returns>The squared distance.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double SquaredDistanceInDouble(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => ReduceInDouble<SquaredDistanceReduction>(x, y);

    /// <summary>The definition of every float32 reduction here.</summary>
    /// <typeparam name="TReduction">What happens to a value.</typeparam>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side.</param>
    /// <returns>The folded lanes.</returns>
    internal static float ReducePlain<TReduction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        where TReduction : struct, IReduction
    {
        Span<float> lanes = stackalloc float[Lanes];
        lanes.Fill(TReduction.Identity);
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % Lanes] = TReduction.Step(lanes[i % Lanes], x[i], y[i]);
        }

        return Fold<TReduction>(lanes);
    }

    /// <summary>The definition of every float64 reduction here.</summary>
    /// <typeparam name="TReduction">What happens to a value.</typeparam>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side.</param>
    /// <returns>The folded lanes.</returns>
    internal static double ReduceInDoublePlain<TReduction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        where TReduction : struct, IReduction
    {
        Span<double> lanes = stackalloc double[DoubleLanes];
        lanes.Fill(TReduction.Identity);
        for (int i = 0; i < x.Length; i++)
        {
            lanes[i % DoubleLanes] = TReduction.Step(lanes[i % DoubleLanes], (double)x[i], y[i]);
        }

        return FoldInDouble<TReduction>(lanes);
    }

    /// <summary>The fast float32 reduction; the tests hold it against <see cref="ReducePlain"/>.</summary>
    /// <typeparam name="TReduction">What happens to a value.</typeparam>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side.</param>
    /// <returns>The folded lanes.</returns>
    internal static float Reduce<TReduction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        where TReduction : struct, IReduction
    {
        CheckLengths(x, y);
        if (KernelTable.IsPlain)
        {
            return ReducePlain<TReduction>(x, y);
        }

        int width = Vector<float>.Count;
        Vector<float> identity = new(TReduction.Identity);
        Vector<float> a0 = identity, a1 = identity, a2 = identity, a3 = identity, a4 = identity, a5 = identity, a6 = identity, a7 = identity;
        int i = 0;
        for (; i <= x.Length - Lanes; i += Lanes)
        {
            ReadOnlySpan<float> p = x.Slice(i, Lanes);
            ReadOnlySpan<float> q = y.Slice(i, Lanes);
            a0 = TReduction.Step(a0, new Vector<float>(p), new Vector<float>(q));
            a1 = TReduction.Step(a1, new Vector<float>(p[width..]), new Vector<float>(q[width..]));

            // The width is a constant to the compiler: of the branches only the needed vectors remain.
            if (width <= 8)
            {
                a2 = TReduction.Step(a2, new Vector<float>(p[(2 * width)..]), new Vector<float>(q[(2 * width)..]));
                a3 = TReduction.Step(a3, new Vector<float>(p[(3 * width)..]), new Vector<float>(q[(3 * width)..]));
            }

            if (width <= 4)
            {
                a4 = TReduction.Step(a4, new Vector<float>(p[(4 * width)..]), new Vector<float>(q[(4 * width)..]));
                a5 = TReduction.Step(a5, new Vector<float>(p[(5 * width)..]), new Vector<float>(q[(5 * width)..]));
                a6 = TReduction.Step(a6, new Vector<float>(p[(6 * width)..]), new Vector<float>(q[(6 * width)..]));
                a7 = TReduction.Step(a7, new Vector<float>(p[(7 * width)..]), new Vector<float>(q[(7 * width)..]));
            }
        }

        if (i < x.Length)
        {
            Span<float> lanes = stackalloc float[Lanes];
            a0.CopyTo(lanes);
            a1.CopyTo(lanes[width..]);
            if (width <= 8)
            {
                a2.CopyTo(lanes[(2 * width)..]);
                a3.CopyTo(lanes[(3 * width)..]);
            }

            if (width <= 4)
            {
                a4.CopyTo(lanes[(4 * width)..]);
                a5.CopyTo(lanes[(5 * width)..]);
                a6.CopyTo(lanes[(6 * width)..]);
                a7.CopyTo(lanes[(7 * width)..]);
            }

            for (int lane = 0; i < x.Length; i++, lane++)
            {
                lanes[lane] = TReduction.Step(lanes[lane], x[i], y[i]);
            }

            return Fold<TReduction>(lanes);
        }

        // Whole vectors are folded down to one: the tree's upper halvings, lane by lane the same.
        if (width <= 4)
        {
            (a0, a1, a2, a3) = (TReduction.Combine(a0, a4), TReduction.Combine(a1, a5), TReduction.Combine(a2, a6), TReduction.Combine(a3, a7));
        }

        if (width <= 8)
        {
            (a0, a1) = (TReduction.Combine(a0, a2), TReduction.Combine(a1, a3));
        }

        return FoldVector<TReduction>(TReduction.Combine(a0, a1));
    }

    private static float FoldVector<TReduction>(Vector<float> vector)
        where TReduction : struct, IReduction
    {
        Span<float> lanes = stackalloc float[Vector<float>.Count];
        vector.CopyTo(lanes);
        return Fold<TReduction>(lanes);
    }

    /// <summary>The fast float64 reduction; the tests hold it against <see cref="ReduceInDoublePlain"/>.</summary>
    /// <typeparam name="TReduction">What happens to a value.</typeparam>
    /// <param name="x">Left side.</param>
    /// <param name="y">Right side.</param>
    /// <returns>The folded lanes.</returns>
    internal static double ReduceInDouble<TReduction>(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        where TReduction : struct, IReduction
    {
        CheckLengths(x, y);
        if (KernelTable.IsPlain)
        {
            return ReduceInDoublePlain<TReduction>(x, y);
        }

        int width = Vector<float>.Count;
        Vector<double> identity = new(TReduction.Identity);
        Vector<double> a0 = identity, a1 = identity, a2 = identity, a3 = identity, a4 = identity, a5 = identity, a6 = identity, a7 = identity;
        int i = 0;
        for (; i <= x.Length - DoubleLanes; i += DoubleLanes)
        {
            ReadOnlySpan<float> p = x.Slice(i, DoubleLanes);
            ReadOnlySpan<float> q = y.Slice(i, DoubleLanes);
            StepPair<TReduction>(ref a0, ref a1, p, q);
            if (width <= 8)
            {
                StepPair<TReduction>(ref a2, ref a3, p[width..], q[width..]);
            }

            if (width <= 4)
            {
                StepPair<TReduction>(ref a4, ref a5, p[(2 * width)..], q[(2 * width)..]);
                StepPair<TReduction>(ref a6, ref a7, p[(3 * width)..], q[(3 * width)..]);
            }
        }

        int half = Vector<double>.Count;
        Span<double> lanes = stackalloc double[DoubleLanes];
        a0.CopyTo(lanes);
        a1.CopyTo(lanes[half..]);
        if (width <= 8)
        {
            a2.CopyTo(lanes[(2 * half)..]);
            a3.CopyTo(lanes[(3 * half)..]);
        }

        if (width <= 4)
        {
            a4.CopyTo(lanes[(4 * half)..]);
            a5.CopyTo(lanes[(5 * half)..]);
            a6.CopyTo(lanes[(6 * half)..]);
            a7.CopyTo(lanes[(7 * half)..]);
        }

        for (int lane = 0; i < x.Length; i++, lane++)
        {
            lanes[lane] = TReduction.Step(lanes[lane], (double)x[i], y[i]);
        }

        return FoldInDouble<TReduction>(lanes);
    }

    private static void StepPair<TReduction>(ref Vector<double> low, ref Vector<double> high, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
        where TReduction : struct, IReduction
    {
        Vector.Widen(new Vector<float>(x), out Vector<double> xLow, out Vector<double> xHigh);
        Vector.Widen(new Vector<float>(y), out Vector<double> yLow, out Vector<double> yHigh);
        low = TReduction.Step(low, xLow, yLow);
        high = TReduction.Step(high, xHigh, yHigh);
    }

    private static float Fold<TReduction>(Span<float> lanes)
        where TReduction : struct, IReduction
    {
        for (int half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] = TReduction.Combine(lanes[lane], lanes[lane + half]);
            }
        }

        return lanes[0];
    }

    private static double FoldInDouble<TReduction>(Span<double> lanes)
        where TReduction : struct, IReduction
    {
        for (int half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] = TReduction.Combine(lanes[lane], lanes[lane + half]);
            }
        }

        return lanes[0];
    }

    private static void CheckLengths(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"a reduction over two spans needs equal lengths, got {x.Length} and {y.Length}", nameof(y));
        }
    }
}
