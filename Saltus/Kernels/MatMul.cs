using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Products with a transposed right side: y[t, n] = Σ_k x[t, k] · w[n, k]; x [tokens, k], w [n, k], y [tokens, n], all row-major.
/// Rows of w are widened and packed into panels, as many an item of work as a second-level cache holds; rows of x are read in place.
/// Each output element is one chain of fused multiply-adds over k in ascending order, started from zero, so the bits depend neither on
/// threads nor on the vector width. Called by the language models and by dense encoding.
/// </summary>
public static class MatMul
{
    /// <summary>Items of work a thread: a slow one then delays the rest little.</summary>
    private const int ItemsOfThread = 4;

    /// <summary>Fewest tokens that repay packing weights of their own.</summary>
    private const int LeastTokens = 192;

    [ThreadStatic]
    private static Job? s_job;

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

        ProductTile tile = KernelTable.Tile;
        int width = tile.Columns;
        int items = ItemsOfThread * team.Threads;
        int panels = (w.Rows + width - 1) / width;
        int group = Math.Clamp(ProductTile.CachedFloats / Math.Max(1, w.Columns * width), 1, Math.Max(1, (panels + items - 1) / items));
        int groups = (panels + group - 1) / group;

        // Where the weights alone give too few items for the team, the tokens are cut as well.
        int cuts = team.Threads == 1 ? 1 : Math.Clamp(items / Math.Max(1, groups), 1, Math.Max(1, x.Rows / LeastTokens));
        int tokens = ((x.Rows + cuts - 1) / cuts + tile.Rows - 1) / tile.Rows * tile.Rows;
        Job job = s_job ??= new Job();
        job.Run(team, groups * cuts, new Work(tile, x, w, y, group * width, cuts, tokens));
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
        ProductTile tile = KernelTable.Tile;
        int width = tile.Columns;
        Span<float> panel = Workspace.Take(depth * width);
        for (int j = 0; j < columns; j += width)
        {
            int count = Math.Min(width, columns - j);
            tile.Pack(depth, count, b[(j * strideB)..], strideB, panel);
            tile.ComputePanel(rows, count, depth, a, strideA, panel, c[j..], strideC);
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
        ProductTile tile = KernelTable.Tile;
        int width = tile.Columns;
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

            tile.ComputePanel(rows, count, depth, a, strideA, panel, c[j..], strideC);
        }
    }

    private static void Columns(ProductTile tile, Matrix x, int start, int count, IWeightRows w, int first, int outputs, Matrix y)
    {
        if (count <= 0)
        {
            return;
        }

        int depth = w.Columns;
        int width = tile.Columns;
        int panels = (outputs + width - 1) / width;
        Matrix? inPlace = (w as MatrixRows)?.Matrix;
        Span<float> space = Workspace.Take((panels * width * depth) + (inPlace is null ? width * depth : 0));
        Span<float> widened = space[(panels * width * depth)..];
        for (int p = 0; p < panels; p++)
        {
            int have = Math.Min(width, outputs - (p * width));
            ReadOnlySpan<float> source = widened;
            if (inPlace is not null)
            {
                source = inPlace.RowRange(first + (p * width), have);
            }
            else
            {
                w.ReadRows(first + (p * width), have, widened[..(have * depth)]);
            }

            tile.Pack(depth, have, source, depth, space.Slice(p * width * depth, width * depth));
        }

        // A few rows of x stay in the first-level cache while the panels go by; the last strip overlaps the one before.
        int rows = Math.Min(tile.Rows, count);
        for (int t = 0; t < count; t += tile.Rows)
        {
            int row = start + Math.Min(t, count - rows);
            ReadOnlySpan<float> a = x.RowRange(row, rows);
            Span<float> c = y.RowRange(row, rows);
            for (int p = 0; p < panels; p++)
            {
                int have = Math.Min(width, outputs - (p * width));
                tile.ComputePanel(rows, have, depth, a, depth, space.Slice(p * width * depth, width * depth), c[(first + (p * width))..], y.Columns);
            }
        }
    }

    /// <summary>A product cut into items.</summary>
    private readonly record struct Work(ProductTile Tile, Matrix X, IWeightRows W, Matrix Y, int Outputs, int Cuts, int Tokens);

    /// <summary>The product that a thread has its team work on; kept between products, so that one allocates nothing.</summary>
    private sealed class Job
    {
        private readonly Action<int> _body;
        private Work _work;

        public Job() => _body = Item;

        public void Run(WorkTeam team, int items, in Work work)
        {
            _work = work;
            team.Run(items, _body);
            _work = default;
        }

        private void Item(int item)
        {
            int first = item / _work.Cuts * _work.Outputs;
            int start = Math.Min(_work.X.Rows, item % _work.Cuts * _work.Tokens);
            int count = Math.Min(_work.Tokens, _work.X.Rows - start);
            Columns(_work.Tile, _work.X, start, count, _work.W, first, Math.Min(_work.Outputs, _work.W.Rows - first), _work.Y);
        }
    }
}
