using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Products with a transposed right side: y[t, n] = Σ_k x[t, k] · w[n, k]; x [tokens, k], w [n, k], y [tokens, n], all row-major.
/// Rows of w are widened and packed into panels of two vectors, a few panels an item of work; rows of x are read in place.
/// Each output element is one chain of fused multiply-adds over k in ascending order, started from zero, so the bits depend neither on
/// threads nor on the vector width. Called by the language models and by dense encoding.
/// </summary>
public static class MatMul
{
    /// <summary>Floats of packed weights an item of work holds: half of a common second-level cache.</summary>
    private const int PackedFloats = 48 * 1024;

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

        int width = ProductTile.Columns;
        int panels = (w.Rows + width - 1) / width;
        int group = Math.Clamp(PackedFloats / Math.Max(1, w.Columns * width), 1, Math.Max(1, (panels + team.Threads - 1) / team.Threads));
        int groups = (panels + group - 1) / group;

        // Where the weights alone give too few items for the team, the tokens are cut as well.
        int cuts = groups >= 2 * team.Threads ? 1 : Math.Clamp((2 * team.Threads) / Math.Max(1, groups), 1, Math.Max(1, x.Rows / 96));
        int tokens = ((x.Rows + cuts - 1) / cuts + ProductTile.Rows - 1) / ProductTile.Rows * ProductTile.Rows;
        team.Run(groups * cuts, item =>
        {
            int first = item / cuts * group * width;
            int start = Math.Min(x.Rows, item % cuts * tokens);
            Columns(x, start, Math.Min(tokens, x.Rows - start), w, first, Math.Min(group * width, w.Rows - first), y);
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
        int width = ProductTile.Columns;
        Span<float> panel = Workspace.Take(depth * width);
        for (int j = 0; j < columns; j += width)
        {
            int count = Math.Min(width, columns - j);
            ProductTile.Pack(depth, count, b[(j * strideB)..], strideB, panel);
            Panel(rows, count, depth, a, strideA, panel, c[j..], strideC);
        }
    }

    /// <summary>Computes c[i, j] = Σ_k a[i, k] · b[k, j] on the calling thread: as <see cref="MultiplyBlock"/> with b not transposed.</summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns of b and c.</param>
    /// <param name="depth">Rows of b.</param>
    /// <param name="a">Left side; row i starts at i × <paramref name="strideA"/>.</param>
    /// <param name="strideA">Elements between rows of a.</param>
    /// <param name="b">Right side; row k starts at k × <paramref name="strideB"/>.</param>
    /// <param name="strideB">Elements between rows of b.</param>
    /// <param name="c">Result; row i starts at i × <paramref name="strideC"/>; overwritten.</param>
    /// <param name="strideC">Elements between rows of c.</param>
    public static void MultiplyBlockByRows(
        int rows, int columns, int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> b, int strideB, Span<float> c, int strideC)
    {
        int width = ProductTile.Columns;
        Span<float> panel = Workspace.Take(depth * width);
        for (int j = 0; j < columns; j += width)
        {
            int count = Math.Min(width, columns - j);
            for (int k = 0; k < depth; k++)
            {
                Span<float> target = panel.Slice(k * width, width);
                b.Slice((k * strideB) + j, count).CopyTo(target);
                target[count..].Clear();
            }

            Panel(rows, count, depth, a, strideA, panel, c[j..], strideC);
        }
    }

    private static void Columns(Matrix x, int start, int count, IWeightRows w, int first, int outputs, Matrix y)
    {
        if (count <= 0)
        {
            return;
        }

        int depth = w.Columns;
        int width = ProductTile.Columns;
        int panels = (outputs + width - 1) / width;
        bool inPlace = w is MatrixRows;
        Span<float> space = Workspace.Take((panels * width * depth) + (inPlace ? 0 : width * depth));
        Span<float> widened = space[(panels * width * depth)..];
        for (int p = 0; p < panels; p++)
        {
            int have = Math.Min(width, outputs - (p * width));
            ReadOnlySpan<float> source = widened;
            if (inPlace)
            {
                source = ((MatrixRows)w).Matrix.RowRange(first + (p * width), have);
            }
            else
            {
                w.ReadRows(first + (p * width), have, widened[..(have * depth)]);
            }

            ProductTile.Pack(depth, have, source, depth, space.Slice(p * width * depth, width * depth));
        }

        // Six rows of x stay in the first-level cache while the panels go by.
        for (int t = 0; t < count; t += ProductTile.Rows)
        {
            int rows = Math.Min(ProductTile.Rows, count - t);
            ReadOnlySpan<float> a = x.RowRange(start + t, rows);
            Span<float> c = y.RowRange(start + t, rows);
            for (int p = 0; p < panels; p++)
            {
                int have = Math.Min(width, outputs - (p * width));
                Tile(rows, have, depth, a, depth, space.Slice(p * width * depth, width * depth), c[(first + (p * width))..], y.Columns);
            }
        }
    }

    internal static void Panel(
        int rows, int columns, int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        for (int i = 0; i < rows; i += ProductTile.Rows)
        {
            Tile(Math.Min(ProductTile.Rows, rows - i), columns, depth, a[(i * strideA)..], strideA, panel, c[(i * strideC)..], strideC);
        }
    }

    private static void Tile(
        int rows, int columns, int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        if (rows == ProductTile.Rows && columns == ProductTile.Columns)
        {
            ProductTile.Compute(depth, a, strideA, panel, c, strideC);
        }
        else
        {
            ProductTile.ComputeEdge(depth, rows, columns, a, strideA, panel, c, strideC);
        }
    }
}
