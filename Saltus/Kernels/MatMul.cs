using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Products with a transposed right side: y[t, n] = Σ_k x[t, k] · w[n, k]. Each output element is one chain of fused multiply-adds over
/// k in ascending order, started from zero, so the bits depend neither on threads nor on the vector width.
/// </summary>
public static class MatMul
{
    /// <summary>Computes y = x · wᵀ on the team.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Inputs, [tokens, k].</param>
    /// <param name="w">Weights, [n, k].</param>
    /// <param name="y">Outputs, [tokens, n]; overwritten. Must not share memory with x.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Multiply(WorkTeam team, Matrix x, IWeightRows w, Matrix y)
    {
        if (x.Columns != w.Columns || y.Rows != x.Rows || y.Columns != w.Rows)
        {
            throw new ArgumentException($"shape mismatch in product: x [{x.Rows}, {x.Columns}], w [{w.Rows}, {w.Columns}], y [{y.Rows}, {y.Columns}]");
        }

        team.Run(w.Rows, n =>
        {
            float[] row = new float[w.Columns];
            w.ReadRows(n, 1, row);
            for (int t = 0; t < x.Rows; t++)
            {
                y.Row(t)[n] = Chain(x.Row(t), row);
            }
        });
    }

    /// <summary>Computes c[i, j] = Σ_k a[i, k] · b[j, k] on the calling thread, for small blocks such as one attention head.</summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Rows of b, columns of c.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">Left side; row i starts at i × <paramref name="strideA"/>.</param>
    /// <param name="strideA">Elements between rows of a.</param>
    /// <param name="b">Right side; row j starts at j × <paramref name="strideB"/>.</param>
    /// <param name="strideB">Elements between rows of b.</param>
    /// <param name="c">Result; row i starts at i × <paramref name="strideC"/>; overwritten.</param>
    /// <param name="strideC">Elements between rows of c.</param>
    public static void MultiplyBlock(
        int rows, int columns, int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b, int strideB, Span<float> c, int strideC)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[(i * strideC) + j] = Chain(a.Slice(i * strideA, depth), b.Slice(j * strideB, depth));
            }
        }
    }

    private static float Chain(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum = float.FusedMultiplyAdd(a[k], b[k], sum);
        }

        return sum;
    }
}
