using System.Numerics;
using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// The candidates of one block of tokens: pairs whose bound exceeds their floor, in the order in which the tiles go by (latents ascend for
/// each token), computed 16 at a time; tiles full of candidates are computed whole by <see cref="VectorTile"/>, which gives the same bits.
/// Serves one block after another; memory grows and stays.
/// </summary>
internal sealed class ScreenBlock : IDisposable
{
    /// <summary>Candidates of a tile's 96 pairs above which the whole tile is cheaper: a single pair costs about four times as much as one of a tile.</summary>
    private const int DenseLimit = 24;

    /// <summary>Its rows are a tile's latents; its columns divide or are a multiple of a tile's tokens.</summary>
    private static readonly ProductTile s_tile = new VectorTile();

    private readonly Int8Tokens _tokens = new();
    private AlignedBuffer<float> _panels = new(0);
    private bool[] _isPacked = [];
    private int[] _pairToken = new int[1024];
    private int[] _pairLatent = new int[1024];
    private float[] _pairValue = new float[1024];
    private int[] _open = new int[1024];
    private int _pairs;
    private int _openCount;
    private int _first;
    private int _count;
    private Matrix? _x;
    private Matrix? _weights;

    /// <summary>Gets the tokens in 8 bits.</summary>
    public Int8Tokens Tokens => _tokens;

    /// <summary>Gets what exact products cost since <see cref="Begin"/>, in pairs of the dense kernel.</summary>
    public long Cost { get; private set; }

    /// <summary>Gets the candidates since <see cref="Begin"/>.</summary>
    public long Candidates { get; private set; }

    /// <summary>Begins a block.</summary>
    /// <param name="x">[B, d].</param>
    /// <param name="weights">[M, d].</param>
    /// <param name="first">First row of x.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Indices of the columns that stay in float32.</param>
    public void Begin(Matrix x, Matrix weights, int first, int count, ReadOnlySpan<int> columns)
    {
        (_x, _weights, _first, _count) = (x, weights, first, count);
        (_pairs, _openCount, Cost, Candidates) = (0, 0, 0, 0);
        int panels = (count + s_tile.Columns - 1) / s_tile.Columns;
        if (_isPacked.Length < panels)
        {
            _isPacked = new bool[panels];
        }

        _isPacked.AsSpan().Clear();
        _tokens.Pack(x, first, count, columns);
    }

    /// <summary>Takes the candidates of a tile.</summary>
    /// <param name="panel">Index of the panel of 16 tokens.</param>
    /// <param name="latent">First latent.</param>
    /// <param name="rows">Latents that exist.</param>
    /// <param name="masks">[6], a bit a token.</param>
    /// <param name="bias">[M].</param>
    public void Add(int panel, int latent, int rows, ReadOnlySpan<uint> masks, ReadOnlySpan<float> bias)
    {
        int start = panel * Int8Tile.Tokens;
        int have = Math.Min(Int8Tile.Tokens, _count - start);
        uint existing = (1u << have) - 1;
        int candidates = 0;
        for (int row = 0; row < rows; row++)
        {
            candidates += BitOperations.PopCount(masks[row] & existing);
        }

        Candidates += candidates;
        Reserve(candidates);
        if (candidates > DenseLimit && rows == s_tile.Rows)
        {
            Cost += Int8Tile.Tokens * rows;
            AddDense(start, have, latent, bias);
            return;
        }

        Cost += 4L * candidates;
        for (int row = 0; row < rows; row++)
        {
            for (uint mask = masks[row] & existing; mask != 0; mask &= mask - 1)
            {
                _open[_openCount++] = _pairs;
                _pairToken[_pairs] = start + BitOperations.TrailingZeroCount(mask);
                _pairLatent[_pairs++] = latent + row;
            }
        }
    }

    /// <summary>Computes what is open and appends the pairs above their floor, once enough have gathered or at the end.</summary>
    /// <param name="least">Open pairs below which nothing happens; 0 at the end.</param>
    /// <param name="bias">[M].</param>
    /// <param name="floors">[M].</param>
    /// <param name="entries">The block's entries.</param>
    public void Flush(int least, ReadOnlySpan<float> bias, ReadOnlySpan<float> floors, EntryList entries)
    {
        if (_pairs < least)
        {
            return;
        }

        Span<int> tokens = stackalloc int[ExactPairs.Count];
        Span<int> latents = stackalloc int[ExactPairs.Count];
        Span<float> values = stackalloc float[ExactPairs.Count];
        for (int start = 0; start < _openCount; start += ExactPairs.Count)
        {
            int have = Math.Min(ExactPairs.Count, _openCount - start);
            for (int i = 0; i < ExactPairs.Count; i++)
            {
                // Missing lanes repeat the last pair.
                int pair = _open[start + Math.Min(i, have - 1)];
                tokens[i] = _first + _pairToken[pair];
                latents[i] = _pairLatent[pair];
            }

            ExactPairs.Compute(_x!, _weights!, bias, tokens, latents, values);
            for (int i = 0; i < have; i++)
            {
                _pairValue[_open[start + i]] = values[i];
            }
        }

        for (int pair = 0; pair < _pairs; pair++)
        {
            if (_pairValue[pair] > floors[_pairLatent[pair]])
            {
                entries.Add(_pairToken[pair], _pairLatent[pair], _pairValue[pair]);
            }
        }

        (_pairs, _openCount) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _panels.Dispose();
    }

    private void AddDense(int start, int have, int latent, ReadOnlySpan<float> bias)
    {
        int depth = _x!.Columns;
        int width = s_tile.Columns;
        Span<float> tile = stackalloc float[s_tile.Rows * width];
        ReadOnlySpan<float> strip = _weights!.RowRange(latent, s_tile.Rows);
        Reserve(s_tile.Rows * Int8Tile.Tokens);
        for (int p = start / width; p * width < start + have; p++)
        {
            s_tile.Compute(depth, strip, depth, Panel(p), tile, width);
            int from = Math.Max(start, p * width);
            int to = Math.Min(start + have, (p + 1) * width);
            for (int token = from; token < to; token++)
            {
                for (int row = 0; row < s_tile.Rows; row++)
                {
                    _pairToken[_pairs] = token;
                    _pairLatent[_pairs] = latent + row;
                    _pairValue[_pairs++] = tile[(row * width) + token - (p * width)] + bias[latent + row];
                }
            }
        }
    }

    /// <summary>A panel of tokens in float32, packed when it is first needed.</summary>
    private Span<float> Panel(int p)
    {
        int depth = _x!.Columns;
        int width = s_tile.Columns;
        int panels = (_count + width - 1) / width;
        if (_panels.Length < (long)panels * width * depth)
        {
            _panels.Dispose();
            _panels = new AlignedBuffer<float>((long)panels * width * depth);
            _isPacked.AsSpan().Clear();
        }

        Span<float> panel = _panels.Slice((long)p * width * depth, width * depth);
        if (!_isPacked[p])
        {
            int have = Math.Min(width, _count - (p * width));
            s_tile.Pack(depth, have, _x.RowRange(_first + (p * width), have), depth, panel);
            _isPacked[p] = true;
        }

        return panel;
    }

    private void Reserve(int more)
    {
        if (_pairs + more > _pairToken.Length)
        {
            int length = 2 * (_pairs + more);
            Array.Resize(ref _pairToken, length);
            Array.Resize(ref _pairLatent, length);
            Array.Resize(ref _pairValue, length);
            Array.Resize(ref _open, length);
        }
    }
}
