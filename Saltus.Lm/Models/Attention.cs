using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// z = softmax(mask(cap(scale·q·kᵀ)))·v for every sequence and head; q, k, v inside rows of the fused product [T, (h + 2g)·hd],
/// z [T, h·hd] with heads side by side. An item of work is one key-value head of one sequence: its keys and values are packed once, then
/// the query heads that share them go by in blocks of rows, each against the panels of keys that some row of the block sees.
/// Row sums over the fixed lanes of <see cref="Reductions"/>; products by <see cref="ProductTile"/>, one chain an element. Blocks begin at
/// the sequence's own start and a key that is not seen weighs exactly 0, so that a sequence has the same bits alone and in any batch, and
/// at every vector width.
/// </summary>
internal static class Attention
{
    /// <summary>Queries of a block: whole tiles, and few enough to waste little above the diagonal.</summary>
    private const int QueriesOfBlock = 48;

    [ThreadStatic]
    private static AlignedBuffer<float>? s_space;

    /// <summary>Computes z.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Which row is which token.</param>
    /// <param name="configuration">Heads and cap.</param>
    /// <param name="layer">Whose scale and window.</param>
    /// <param name="queryKeyValue">Queries and keys turned and normed.</param>
    /// <param name="z">Overwritten.</param>
    /// <param name="cache">Holds the keys and values of all positions, those of the batch too; null where the batch has them all.</param>
    public static void Run(
        WorkTeam team, TokenBatch batch, ModelConfiguration configuration, int layer, Matrix queryKeyValue, Matrix z, CachedSequences? cache = null)
    {
        HeadLayout layout = new(configuration);
        team.Run(batch.SequenceCount * configuration.KeyValueHeads, item =>
        {
            int sequence = item / configuration.KeyValueHeads;
            int keyHead = item % configuration.KeyValueHeads;
            (int start, int length) = (batch.Start(sequence), batch.Length(sequence));
            ReadOnlySpan<float> rows = queryKeyValue.RowRange(start, length);
            KeyValueRows kept = cache is null
                ? new KeyValueRows(rows[layout.Key(keyHead)..], rows[layout.Value(keyHead)..], queryKeyValue.Columns, length)
                : cache.Rows(sequence, layer, keyHead, batch.End(sequence));
            Group(configuration, layer, keyHead, batch.FirstPosition(sequence), length, rows, queryKeyValue.Columns, kept, z.RowRange(start, length), z.Columns);
        });
    }

    /// <summary>The first key that a query sees.</summary>
    /// <param name="query">Position of the query.</param>
    /// <param name="window">Window in tokens, or null.</param>
    internal static int FirstVisible(int query, int? window) => window is { } tokens ? Math.Max(0, query - tokens + 1) : 0;

    /// <summary>Turns scores into weights: cap(scale·s), then softmax.</summary>
    /// <param name="row">The scores of the keys that one query sees; in place.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <param name="cap">The soft cap, or null.</param>
    internal static void Softmax(Span<float> row, float scale, float? cap)
    {
        if (cap is { } bound)
        {
            Elementary.SoftCap(row, scale, bound, row);
        }
        else if (scale != 1)
        {
            TensorPrimitives.Multiply(row, scale, row);
        }

        Elementary.ExpOfDifference(row, Reductions.Max(row), row);
        TensorPrimitives.Multiply(row, 1 / Reductions.Sum(row), row);
    }

    /// <summary>All query heads of one key-value head of one sequence.</summary>
    private static void Group(
        ModelConfiguration configuration, int layer, int keyHead, int past, int queries, ReadOnlySpan<float> rows, int stride, KeyValueRows kept,
        Span<float> z, int outputStride)
    {
        ProductTile tile = KernelTable.Tile;
        int lanes = tile.Columns;
        int width = configuration.HeadWidth;

        // Keys that no query of the batch sees are left out in whole panels.
        int skipped = FirstVisible(past, configuration.Windows[layer]) / lanes * lanes;
        int length = kept.Length - skipped;
        int keyPanels = (length + lanes - 1) / lanes;
        int valuePanels = (width + lanes - 1) / lanes;
        Span<float> space = Take((keyPanels * lanes * width) + (valuePanels * lanes * length) + (QueriesOfBlock * keyPanels * lanes));
        Span<float> keys = space[..(keyPanels * lanes * width)];
        Span<float> values = space.Slice(keys.Length, valuePanels * lanes * length);
        Span<float> scores = space[(keys.Length + values.Length)..];
        for (int panel = 0; panel < keyPanels; panel++)
        {
            int first = panel * lanes;
            ReadOnlySpan<float> source = kept.Keys[((skipped + first) * kept.Stride)..];
            tile.Pack(width, Math.Min(lanes, length - first), source, kept.Stride, keys.Slice(first * width, lanes * width));
        }

        PackValues(lanes, kept.Values[(skipped * kept.Stride)..], kept.Stride, length, width, values);
        HeadLayout layout = new(configuration);
        int group = configuration.Heads / configuration.KeyValueHeads;
        for (int head = keyHead * group; head < (keyHead + 1) * group; head++)
        {
            Span<float> output = z[(head * width)..];
            for (int first = 0; first < queries; first += QueriesOfBlock)
            {
                int count = Math.Min(QueriesOfBlock, queries - first);
                ReadOnlySpan<float> block = rows[((first * stride) + layout.Query(head))..];
                Block(
                    tile, configuration, layer, past + first - skipped, count, block, stride, keys, values, length, scores, output[(first * outputStride)..],
                    outputStride);
            }
        }
    }

    /// <summary>One block of queries of one head; positions count from the first packed key.</summary>
    private static void Block(
        ProductTile tile, ModelConfiguration configuration, int layer, int first, int count, ReadOnlySpan<float> queries, int stride,
        ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int length, Span<float> scores, Span<float> output, int outputStride)
    {
        int lanes = tile.Columns;
        int width = configuration.HeadWidth;
        int? window = configuration.Windows[layer];
        int firstPanel = FirstVisible(first, window) / lanes;
        int endPanel = (first + count + lanes - 1) / lanes;
        int firstKey = firstPanel * lanes;
        int scored = (endPanel * lanes) - firstKey;
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            ReadOnlySpan<float> packed = keys.Slice(panel * lanes * width, lanes * width);
            tile.ComputePanel(count, lanes, width, queries, stride, packed, scores[((panel - firstPanel) * lanes)..], scored);
        }

        for (int i = 0; i < count; i++)
        {
            Span<float> row = scores.Slice(i * scored, scored);
            int from = FirstVisible(first + i, window) - firstKey;
            int to = first + i + 1 - firstKey;
            row[..from].Clear();
            row[to..].Clear();
            Softmax(row[from..to], configuration.AttentionScale[layer], configuration.AttentionCap);
        }

        int depth = first + count - firstKey;
        for (int column = 0; column < width; column += lanes)
        {
            ReadOnlySpan<float> panel = values.Slice((column * length) + (firstKey * lanes), depth * lanes);
            tile.ComputePanel(count, Math.Min(lanes, width - column), depth, scores, scored, panel, output[column..], outputStride);
        }
    }

    /// <summary>Copies values into panels [keys, lanes], zero beyond the width of a head.</summary>
    private static void PackValues(int lanes, ReadOnlySpan<float> source, int stride, int length, int width, Span<float> panels)
    {
        for (int column = 0; column < width; column += lanes)
        {
            int have = Math.Min(lanes, width - column);
            Span<float> panel = panels.Slice(column * length, lanes * length);
            for (int key = 0; key < length; key++)
            {
                Span<float> target = panel.Slice(key * lanes, lanes);
                source.Slice((key * stride) + column, have).CopyTo(target);
                target[have..].Clear();
            }
        }
    }

    private static Span<float> Take(int length)
    {
        if (s_space is null || s_space.Length < length)
        {
            s_space?.Dispose();
            s_space = new AlignedBuffer<float>(length);
        }

        return s_space.Slice(0, length);
    }
}
