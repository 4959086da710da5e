using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Products with weights as they lie: y[t, n] = Σ_k x[t, k] · w[k, n]; x [tokens, k], w [k, n], y [tokens, n], all row-major. What a gradient
/// is multiplied by on its way back through y = x · wᵀ. Rows of w are widened some at a time into panels of two vectors (a slab), so that no
/// whole copy of the weights exists. Each output element is one chain of fused multiply-adds over the slab's rows, and slabs, of a fixed
/// number of rows, are added in ascending order: the bits depend neither on threads nor on the vector width. Called by the backward pass.
/// </summary>
internal static class TransposedProduct
{
    /// <summary>Rows of w in a slab: at the widths of models it fits the second-level cache.</summary>
    private const int SlabRows = 256;

    /// <summary>Rows of w that an item of packing reads.</summary>
    private const int PackedRows = 8;

    /// <summary>Strips of rows of x in an item.</summary>
    private const int StripsOfItem = 16;

    /// <summary>Computes y = x · w on the team.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">[tokens, k].</param>
    /// <param name="w">[k, n].</param>
    /// <param name="y">[tokens, n]; overwritten. Must not share memory with x.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Multiply(WorkTeam team, Matrix x, IWeightRows w, Matrix y)
    {
        if (x.Columns != w.Rows || y.Rows != x.Rows || y.Columns != w.Columns)
        {
            throw new ArgumentException($"shape mismatch in product: x [{x.Rows}, {x.Columns}], w [{w.Rows}, {w.Columns}], y [{y.Rows}, {y.Columns}]");
        }

        ProductTile tile = KernelTable.Tile;
        int width = tile.Columns;
        int panels = (w.Columns + width - 1) / width;
        using AlignedBuffer<float> slab = new((long)panels * width * Math.Min(SlabRows, Math.Max(1, w.Rows)));
        int group = Math.Clamp(ProductTile.CachedFloats / (SlabRows * width), 1, Math.Max(1, panels));
        int groups = (panels + group - 1) / group;
        int tokens = StripsOfItem * tile.Rows;
        int blocks = (x.Rows + tokens - 1) / tokens;
        for (int first = 0; first < w.Rows; first += SlabRows)
        {
            int start = first;
            int depth = Math.Min(SlabRows, w.Rows - first);
            team.Run((depth + PackedRows - 1) / PackedRows, item => Pack(width, w, start, item * PackedRows, depth, slab));
            team.Run(groups * blocks, item =>
            {
                int row = item % blocks * tokens;
                int panel = item / blocks * group;
                Tokens(tile, x, row, Math.Min(tokens, x.Rows - row), start, depth, slab, panel, Math.Min(group, panels - panel), y);
            });
        }
    }

    /// <summary>Copies some rows of w into the panels of the slab, zero beyond the columns that exist.</summary>
    private static void Pack(int width, IWeightRows w, int start, int first, int depth, AlignedBuffer<float> slab)
    {
        int count = Math.Min(PackedRows, depth - first);
        Span<float> rows = Workspace.Take(count * w.Columns);
        w.ReadRows(start + first, count, rows);
        for (int column = 0; column < w.Columns; column += width)
        {
            int have = Math.Min(width, w.Columns - column);
            for (int k = 0; k < count; k++)
            {
                Span<float> target = slab.Slice(((long)column * depth) + ((first + k) * width), width);
                rows.Slice((k * w.Columns) + column, have).CopyTo(target);
                target[have..].Clear();
            }
        }
    }

    /// <summary>Some rows of x against some panels of a slab: the first slab is written, later ones are added.</summary>
    private static void Tokens(
        ProductTile tile, Matrix x, int firstRow, int rows, int start, int depth, AlignedBuffer<float> slab, int firstPanel, int panels, Matrix y)
    {
        int width = tile.Columns;
        Span<float> part = stackalloc float[tile.Rows * width];
        for (int t = 0; t < rows; t += tile.Rows)
        {
            int have = Math.Min(tile.Rows, rows - t);
            ReadOnlySpan<float> a = x.RowRange(firstRow + t, have)[start..];
            Span<float> c = y.RowRange(firstRow + t, have);
            for (int p = firstPanel; p < firstPanel + panels; p++)
            {
                int columns = Math.Min(width, y.Columns - (p * width));
                ReadOnlySpan<float> panel = slab.Slice((long)p * width * depth, width * depth);
                Span<float> target = c[(p * width)..];
                if (start == 0)
                {
                    tile.ComputePanel(have, columns, depth, a, x.Columns, panel, target, y.Columns);
                    continue;
                }

                tile.ComputePanel(have, columns, depth, a, x.Columns, panel, part, width);
                for (int row = 0; row < have; row++)
                {
                    Span<float> sum = target.Slice(row * y.Columns, columns);
                    Axpy.Add(1, part.Slice(row * width, columns), sum);
                }
            }
        }
    }
}
