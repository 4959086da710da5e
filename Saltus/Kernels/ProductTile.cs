namespace Saltus.Kernels;

/// <summary>
/// The register-blocked heart of every dense product: c[i, j] = Σ_k a[i, k] · b[k, j] for a few rows and columns.
/// a: rows contiguous in k, <c>strideA</c> apart, read in place and broadcast; b: a packed panel [k, columns]; c: row-major.
/// Called by <see cref="MatMul"/> (rows = tokens, lanes = outputs) and <see cref="ThresholdEncode"/> (rows = latents, lanes = tokens).
/// One chain of fused multiply-adds over k from zero for each element: the same bits in every variant and at every vector width.
/// Which variant runs is the table's choice: <see cref="KernelTable"/>. Saltus.Benchmarks measures each against the machine's peak.
/// </summary>
/// <param name="variant">How it is written.</param>
/// <param name="rows">Rows of a tile.</param>
/// <param name="columns">Columns of a tile.</param>
internal abstract class ProductTile(KernelVariant variant, int rows, int columns)
{
    /// <summary>Floats of a packed right side that stay in a second-level cache of 1 MiB beside the rows that go by.</summary>
    public const int CachedFloats = 200 * 1024;

    /// <summary>Gets how it is written.</summary>
    public KernelVariant Variant { get; } = variant;

    /// <summary>Gets the rows of a tile.</summary>
    public int Rows { get; } = rows;

    /// <summary>Gets the columns of a tile.</summary>
    public int Columns { get; } = columns;

    /// <summary>Computes one full tile.</summary>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">Starts at the first of <see cref="Rows"/> rows.</param>
    /// <param name="strideA">Elements between the rows of a.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c">Starts at the tile's first element; overwritten.</param>
    /// <param name="strideC">Elements between the rows of c.</param>
    public abstract void Compute(int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC);

    /// <summary>Computes a tile of which only some rows and columns exist.</summary>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="rows">Rows that exist, 1 … <see cref="Rows"/>.</param>
    /// <param name="columns">Columns that exist, at least 1; the panel is zero-padded beyond.</param>
    /// <param name="a">Starts at the first row.</param>
    /// <param name="strideA">Elements between the rows of a.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c">Starts at the tile's first element; overwritten where rows and columns exist.</param>
    /// <param name="strideC">Elements between the rows of c.</param>
    public void ComputeEdge(
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
                // A whole tile for a few rows would be wasted work; a single chain per lane gives the same bits.
                ComputeRow(a.Slice(row * strideA, depth), panel, tile.Slice(row * Columns, Columns));
            }
        }

        for (int row = 0; row < rows; row++)
        {
            tile.Slice(row * Columns, columns).CopyTo(c.Slice(row * strideC, columns));
        }
    }

    /// <summary>
    /// Computes any number of rows against one panel. What is left of whole tiles is covered by one that overlaps the last: the same
    /// values are computed twice, which is faster than single rows.
    /// </summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="columns">Columns that exist, 1 … <see cref="Columns"/>.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">Starts at the first row.</param>
    /// <param name="strideA">Elements between the rows of a.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c">Starts at the first element; overwritten where columns exist; must not overlap a.</param>
    /// <param name="strideC">Elements between the rows of c.</param>
    public void ComputePanel(
        int rows, int columns, int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        int have = Math.Min(Rows, rows);
        for (int i = 0; i < rows; i += Rows)
        {
            int row = Math.Min(i, rows - have);
            if (have == Rows && columns == Columns)
            {
                Compute(depth, a[(row * strideA)..], strideA, panel, c[(row * strideC)..], strideC);
            }
            else
            {
                ComputeEdge(depth, have, columns, a[(row * strideA)..], strideA, panel, c[(row * strideC)..], strideC);
            }
        }
    }

    /// <summary>Copies rows of b into a panel: panel[k, j] = b[j, k], zero beyond the rows that exist.</summary>
    /// <param name="depth">Length of the rows.</param>
    /// <param name="columns">Rows of b that exist, at most <see cref="Columns"/>.</param>
    /// <param name="b">Starts at the first row.</param>
    /// <param name="strideB">Elements between the rows of b.</param>
    /// <param name="panel">depth × <see cref="Columns"/> values; overwritten.</param>
    public void Pack(int depth, int columns, ReadOnlySpan<float> b, int strideB, Span<float> panel)
    {
        panel = panel[..(depth * Columns)];
        if (columns < Columns)
        {
            panel.Clear();
        }

        PanelPacking.Transpose(columns, depth, b, strideB, panel, Columns);
    }

    /// <summary>Computes one row of a tile.</summary>
    /// <param name="a">[depth].</param>
    /// <param name="panel">depth × <see cref="Columns"/> values.</param>
    /// <param name="c"><see cref="Columns"/> values; overwritten.</param>
    protected abstract void ComputeRow(ReadOnlySpan<float> a, ReadOnlySpan<float> panel, Span<float> c);
}
