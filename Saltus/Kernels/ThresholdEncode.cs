using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// π = x·Wᵀ + b with the comparison π &gt; floor fused into the product: the [B, M] pre-activations never exist in memory.
/// x [B, d], W [M, d], b and floor [M]; result: the entries above their latent's floor, in compressed rows.
/// Lanes are tokens (packed a block at a time), rows are latents, read in place: weights that change every step are never packed.
/// Called by encoding (floor = θ) and by the training step (floor = lower edge of the kernel's band).
/// Keeps its buffers between calls: nothing is allocated in the steady state. Not for use from two threads at once.
/// </summary>
public sealed class ThresholdEncode : IDisposable
{
    /// <summary>Most tokens of an item of work.</summary>
    private const int MostTokens = 256;

    /// <summary>Fewest latents of an item: they repay packing the tokens.</summary>
    private const int LeastLatents = 1024;

    /// <summary>Items of work a thread: a slow one then delays the rest little.</summary>
    private const int ItemsOfThread = 12;

    private readonly Action<int> _encodeItem;
    private readonly Action<int> _countBlock;
    private readonly Action<int> _copyBlock;
    private EntryList[] _items = [];
    private int[] _counts = [];
    private int[] _next = [];
    private Matrix? _x;
    private Matrix? _weights;
    private ReadOnlyMemory<float> _bias;
    private ReadOnlyMemory<float> _floors;
    private SparseActivations? _result;
    private ProductTile _tile = KernelTable.Tile;
    private int _blockRows;
    private int _cuts;
    private int _cutLatents;

    /// <summary>Creates the kernel with empty buffers.</summary>
    public ThresholdEncode()
    {
        _encodeItem = EncodeItem;
        _countBlock = CountBlock;
        _copyBlock = CopyBlock;
    }

    /// <summary>Computes the surviving entries.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="weights">W, [M, d].</param>
    /// <param name="bias">b, [M].</param>
    /// <param name="floors">The floor of each latent, [M]; strict; −∞ keeps everything, NaN nothing.</param>
    /// <param name="result">Entries with π &gt; floor; an entry's value is π.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Encode(WorkTeam team, Matrix x, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, SparseActivations result)
    {
        if (x.Columns != weights.Columns || bias.Length != weights.Rows || floors.Length != weights.Rows || result.Latents != weights.Rows)
        {
            throw new ArgumentException(
                $"shape mismatch in encoding: x [{x.Rows}, {x.Columns}], weights [{weights.Rows}, {weights.Columns}], " +
                $"bias [{bias.Length}], floors [{floors.Length}], latents {result.Latents}");
        }

        (_x, _weights, _bias, _floors, _result, _tile) = (x, weights, bias, floors, result, KernelTable.Tile);
        int blocks = Divide(team.Threads);
        Reserve(blocks * _cuts, x.Rows);
        team.Run(blocks * _cuts, _encodeItem);
        team.Run(blocks, _countBlock);
        result.Shape(_counts.AsSpan(0, x.Rows));
        team.Run(blocks, _copyBlock);
        (_x, _weights, _result) = (null, null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EntryList list in _items)
        {
            list.Dispose();
        }
    }

    /// <summary>Items of work: a block of tokens that the second-level cache holds, and a stretch of the latents.</summary>
    private int Divide(int threads)
    {
        int rows = _x!.Rows;
        int width = _tile.Columns;
        int cached = Math.Clamp(ProductTile.CachedFloats / Math.Max(1, _x.Columns), width, MostTokens) / width * width;
        int blocks = (rows + cached - 1) / cached;
        _blockRows = RoundUp((rows + blocks - 1) / Math.Max(1, blocks), width);
        int latents = _weights!.Rows;
        int wanted = threads == 1 ? 1 : ((ItemsOfThread * threads) + blocks - 1) / Math.Max(1, blocks);
        int cuts = Math.Clamp(wanted, 1, Math.Max(1, latents / LeastLatents));
        _cutLatents = Math.Max(1, RoundUp((latents + cuts - 1) / cuts, _tile.Rows));
        _cuts = (latents + _cutLatents - 1) / _cutLatents;
        return blocks;
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;

    private void Reserve(int items, int rows)
    {
        if (_counts.Length < rows)
        {
            _counts = new int[rows];
            _next = new int[rows];
        }

        if (_items.Length < items)
        {
            int have = _items.Length;
            Array.Resize(ref _items, items);
            for (int i = have; i < items; i++)
            {
                _items[i] = new EntryList();
            }
        }
    }

    private void EncodeItem(int item)
    {
        Matrix x = _x!;
        Matrix weights = _weights!;
        ProductTile tile = _tile;
        EntryList entries = _items[item];
        entries.Clear();
        int width = tile.Columns;
        int depth = x.Columns;
        int start = item / _cuts * _blockRows;
        int tokens = Math.Min(_blockRows, x.Rows - start);
        int panels = (tokens + width - 1) / width;
        Span<float> packed = Workspace.Take(panels * width * depth);
        for (int p = 0; p < panels; p++)
        {
            int have = Math.Min(width, tokens - (p * width));
            tile.Pack(depth, have, x.RowRange(start + (p * width), have), depth, packed.Slice(p * width * depth, width * depth));
        }

        // The last strip overlaps the one before: its first rows are computed twice and left out of the comparison.
        Span<float> sums = stackalloc float[tile.Rows * width];
        int first = item % _cuts * _cutLatents;
        int end = Math.Min(weights.Rows, first + _cutLatents);
        int rows = Math.Min(tile.Rows, weights.Rows);
        for (int latent = first; latent < end; latent += rows)
        {
            int top = Math.Min(latent, weights.Rows - rows);
            ReadOnlySpan<float> strip = weights.RowRange(top, rows);
            ReadOnlySpan<float> bias = _bias.Span.Slice(top, rows);
            ReadOnlySpan<float> floors = _floors.Span.Slice(top, rows);
            int last = Math.Min(rows, end - top);
            for (int p = 0; p < panels; p++)
            {
                ReadOnlySpan<float> panel = packed.Slice(p * width * depth, width * depth);
                if (rows == tile.Rows)
                {
                    tile.Compute(depth, strip, depth, panel, sums, width);
                }
                else
                {
                    tile.ComputeEdge(depth, rows, width, strip, depth, panel, sums, width);
                }

                int have = Math.Min(width, tokens - (p * width));
                for (int row = latent - top; row < last; row++)
                {
                    ReadOnlySpan<float> values = sums.Slice(row * width, width);
                    if (IsAnyAbove(values, bias[row], floors[row]))
                    {
                        Keep(values[..have], bias[row], floors[row], p * width, top + row, entries);
                    }
                }
            }
        }
    }

    private void CountBlock(int block)
    {
        int start = block * _blockRows;
        Span<int> counts = _counts.AsSpan(start, Math.Min(_blockRows, _x!.Rows - start));
        counts.Clear();
        for (int cut = 0; cut < _cuts; cut++)
        {
            _items[(block * _cuts) + cut].CountRows(counts);
        }
    }

    /// <summary>Most rows of tiles have no lane above the floor, which one comparison of all lanes together finds out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAnyAbove(ReadOnlySpan<float> sums, float bias, float floor)
    {
        int lanes = Vector<float>.Count;
        Vector<float> biases = new(bias);
        Vector<float> floors = new(floor);
        Vector<int> above = default;
        ref float start = ref MemoryMarshal.GetReference(sums);
        for (int j = 0; j < sums.Length; j += lanes)
        {
            above |= Vector.GreaterThan(Vector.LoadUnsafe(ref start, (nuint)j) + biases, floors);
        }

        return above != Vector<int>.Zero;
    }

    /// <summary>Appends the lanes above the floor.</summary>
    private static void Keep(ReadOnlySpan<float> sums, float bias, float floor, int firstToken, int latent, EntryList entries)
    {
        for (int j = 0; j < sums.Length; j++)
        {
            float value = sums[j] + bias;
            if (value > floor)
            {
                entries.Add(firstToken + j, latent, value);
            }
        }
    }

    private void CopyBlock(int block)
    {
        int start = block * _blockRows;
        int tokens = Math.Min(_blockRows, _x!.Rows - start);
        Span<int> next = _next.AsSpan(start, tokens);
        _result!.RowStart.Slice(start, tokens).CopyTo(next);
        for (int cut = 0; cut < _cuts; cut++)
        {
            _items[(block * _cuts) + cut].CopyTo(_result, next);
        }
    }
}
