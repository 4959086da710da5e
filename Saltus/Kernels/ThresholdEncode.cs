using System.Numerics;
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
    /// <summary>Floats of packed tokens an item of work holds: they stay in the second-level cache while all latents go by.</summary>
    private const int PackedFloats = 80 * 1024;

    private readonly Action<int> _encodeBlock;
    private readonly Action<int> _copyBlock;
    private EntryList[] _blocks = [];
    private int[] _counts = [];
    private Matrix? _x;
    private Matrix? _weights;
    private ReadOnlyMemory<float> _bias;
    private ReadOnlyMemory<float> _floors;
    private SparseActivations? _result;
    private int _blockRows;

    /// <summary>Creates the kernel with empty buffers.</summary>
    public ThresholdEncode()
    {
        _encodeBlock = EncodeBlock;
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

        (_x, _weights, _bias, _floors, _result) = (x, weights, bias, floors, result);
        int width = ProductTile.Columns;
        int fair = (x.Rows + (4 * team.Threads) - 1) / (4 * team.Threads);
        int rows = Math.Clamp(PackedFloats / Math.Max(1, x.Columns), width, 512);
        _blockRows = (Math.Min(rows, Math.Max(fair, width)) + width - 1) / width * width;
        int blocks = (x.Rows + _blockRows - 1) / _blockRows;
        Reserve(blocks, x.Rows);
        team.Run(blocks, _encodeBlock);
        result.Shape(_counts.AsSpan(0, x.Rows));
        team.Run(blocks, _copyBlock);
        (_x, _weights, _result) = (null, null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EntryList list in _blocks)
        {
            list.Dispose();
        }
    }

    private void Reserve(int blocks, int rows)
    {
        if (_counts.Length < rows)
        {
            _counts = new int[rows];
        }

        if (_blocks.Length < blocks)
        {
            int have = _blocks.Length;
            Array.Resize(ref _blocks, blocks);
            for (int i = have; i < blocks; i++)
            {
                _blocks[i] = new EntryList();
            }
        }
    }

    private void EncodeBlock(int block)
    {
        Matrix x = _x!;
        Matrix weights = _weights!;
        ReadOnlySpan<float> bias = _bias.Span;
        ReadOnlySpan<float> floors = _floors.Span;
        EntryList entries = _blocks[block];
        entries.Clear();
        int width = ProductTile.Columns;
        int depth = x.Columns;
        int start = block * _blockRows;
        int tokens = Math.Min(_blockRows, x.Rows - start);
        int panels = (tokens + width - 1) / width;
        Span<float> packed = Workspace.Take(panels * width * depth);
        for (int p = 0; p < panels; p++)
        {
            int have = Math.Min(width, tokens - (p * width));
            ProductTile.Pack(depth, have, x.RowRange(start + (p * width), have), depth, packed.Slice(p * width * depth, width * depth));
        }

        Span<float> tile = stackalloc float[ProductTile.Rows * width];
        for (int latent = 0; latent < weights.Rows; latent += ProductTile.Rows)
        {
            int rows = Math.Min(ProductTile.Rows, weights.Rows - latent);
            ReadOnlySpan<float> strip = weights.RowRange(latent, rows);
            for (int p = 0; p < panels; p++)
            {
                ReadOnlySpan<float> panel = packed.Slice(p * width * depth, width * depth);
                if (rows == ProductTile.Rows)
                {
                    ProductTile.Compute(depth, strip, depth, panel, tile, width);
                }
                else
                {
                    ProductTile.ComputeEdge(depth, rows, width, strip, depth, panel, tile, width);
                }

                int have = Math.Min(width, tokens - (p * width));
                for (int row = 0; row < rows; row++)
                {
                    Keep(tile.Slice(row * width, width), have, bias[latent + row], floors[latent + row], p * width, latent + row, entries);
                }
            }
        }

        entries.CountRows(_counts.AsSpan(start, tokens));
    }

    /// <summary>Appends the lanes above the floor; most vectors have none, which one comparison finds out.</summary>
    private static void Keep(ReadOnlySpan<float> sums, int have, float bias, float floor, int firstToken, int latent, EntryList entries)
    {
        int lanes = Vector<float>.Count;
        Vector<float> biases = new(bias);
        Vector<float> floors = new(floor);
        for (int j = 0; j < have; j += lanes)
        {
            Vector<float> values = new Vector<float>(sums.Slice(j, lanes)) + biases;
            if (!Vector.GreaterThanAny(values, floors))
            {
                continue;
            }

            int last = Math.Min(lanes, have - j);
            for (int lane = 0; lane < last; lane++)
            {
                float value = values[lane];
                if (value > floor)
                {
                    entries.Add(firstToken + j + lane, latent, value);
                }
            }
        }
    }

    private void CopyBlock(int block) => _blocks[block].CopyTo(_result!, block * _blockRows, Math.Min(_blockRows, _x!.Rows - (block * _blockRows)));
}
