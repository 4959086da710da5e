using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// The right side of many products, packed once: c[i, j] = Σ_k a[i, k] · b[k, j] with b [depth, columns] in panels of the tile's width.
/// Called by the dense training path, whose 24 latents an item would not repay packing of their own.
/// </summary>
internal sealed class PackedPanels : IDisposable
{
    private AlignedBuffer<float> _panels = new(0);
    private readonly Action<int> _packRows;
    private readonly Action<int> _packTransposed;
    private ProductTile _tile = KernelTable.Tile;
    private Matrix? _source;

    /// <summary>Creates empty panels.</summary>
    public PackedPanels() => (_packRows, _packTransposed) = (PackRowsOf, PackTransposedOf);

    /// <summary>Gets the length of the sums.</summary>
    public int Depth { get; private set; }

    /// <summary>Gets the columns of the result.</summary>
    public int Columns { get; private set; }

    /// <summary>Packs m itself: sums run over its rows.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="m">[depth, columns].</param>
    public void PackRows(WorkTeam team, Matrix m)
    {
        Reserve(m.Rows, m.Columns);
        _source = m;
        team.Run(PanelCount(), _packRows);
        _source = null;
    }

    /// <summary>Packs the transpose of m: sums run over its columns.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="m">[columns, depth].</param>
    public void PackTransposed(WorkTeam team, Matrix m)
    {
        Reserve(m.Columns, m.Rows);
        _source = m;
        team.Run(PanelCount(), _packTransposed);
        _source = null;
    }

    /// <summary>Computes c = a · b on the calling thread.</summary>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="a">[rows, depth], contiguous.</param>
    /// <param name="c">[rows, columns], contiguous; overwritten.</param>
    public void Multiply(int rows, ReadOnlySpan<float> a, Span<float> c)
    {
        int width = _tile.Columns;
        for (int p = 0; p < PanelCount(); p++)
        {
            int count = Math.Min(width, Columns - (p * width));
            _tile.ComputePanel(rows, count, Depth, a, Depth, Panel(p), c[(p * width)..], Columns);
        }
    }

    private void PackRowsOf(int p)
    {
        int width = _tile.Columns;
        int count = Math.Min(width, Columns - (p * width));
        Span<float> panel = Panel(p);
        for (int k = 0; k < Depth; k++)
        {
            Span<float> target = panel.Slice(k * width, width);
            _source!.Row(k).Slice(p * width, count).CopyTo(target);
            target[count..].Clear();
        }
    }

    private void PackTransposedOf(int p)
    {
        int width = _tile.Columns;
        int count = Math.Min(width, Columns - (p * width));
        _tile.Pack(Depth, count, _source!.RowRange(p * width, count), Depth, Panel(p));
    }

    /// <inheritdoc/>
    public void Dispose() => _panels.Dispose();

    private void Reserve(int depth, int columns)
    {
        (Depth, Columns, _tile) = (depth, columns, KernelTable.Tile);
        long length = (long)PanelCount() * depth * _tile.Columns;
        if (_panels.Length < length)
        {
            _panels.Dispose();
            _panels = new AlignedBuffer<float>(length);
        }
    }

    private int PanelCount() => (Columns + _tile.Columns - 1) / _tile.Columns;

    private Span<float> Panel(int p) => _panels.Slice((long)p * Depth * _tile.Columns, Depth * _tile.Columns);
}
