using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// z = softmax(mask(cap(scale·q·kᵀ)))·v for every sequence and head; q, k, v inside rows of the fused product [T, (h + 2g)·hd],
/// z [T, h·hd] with heads side by side. An item of work is one head of one sequence. Queries go in blocks of rows, each against the
/// keys that some row of the block sees; keys of later tokens and of before the window are not computed, but for the block's corners.
/// Row sums over the fixed lanes of <see cref="Reductions"/>; blocks start at the sequence's own start, so that a sequence has the same
/// bits alone and in any batch.
/// </summary>
internal static class Attention
{
    /// <summary>Queries of a block: small enough to waste little above the diagonal, large enough to pay for packing the keys.</summary>
    internal const int QueriesOfBlock = 64;

    [ThreadStatic]
    private static AlignedBuffer<float>? s_scores;

    /// <summary>Computes z.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Which row is which token.</param>
    /// <param name="configuration">Heads and cap.</param>
    /// <param name="layer">Whose scale and window.</param>
    /// <param name="queryKeyValue">Queries and keys turned and normed.</param>
    /// <param name="z">Overwritten.</param>
    public static void Run(WorkTeam team, TokenBatch batch, ModelConfiguration configuration, int layer, Matrix queryKeyValue, Matrix z) =>
        team.Run(batch.SequenceCount * configuration.Heads, item =>
        {
            int sequence = item / configuration.Heads;
            Head(configuration, layer, item % configuration.Heads, batch.Start(sequence), batch.Length(sequence), queryKeyValue, z);
        });

    /// <summary>The first key that a query sees.</summary>
    /// <param name="query">Position of the query.</param>
    /// <param name="window">Window in tokens, or null.</param>
    internal static int FirstVisible(int query, int? window) => window is { } tokens ? Math.Max(0, query - tokens + 1) : 0;

    /// <summary>The attention weights of a block of queries of one head: rows of <paramref name="scores"/>, zero where nothing is seen.</summary>
    /// <param name="configuration">Heads and cap.</param>
    /// <param name="layer">Whose scale and window.</param>
    /// <param name="head">Query head.</param>
    /// <param name="rows">The sequence's rows of the fused product.</param>
    /// <param name="stride">Width of such a row.</param>
    /// <param name="first">Position of the first query.</param>
    /// <param name="count">Queries.</param>
    /// <param name="scores">count × (number of keys), overwritten.</param>
    /// <returns>Position of the first key.</returns>
    internal static int Weights(
        ModelConfiguration configuration, int layer, int head, ReadOnlySpan<float> rows, int stride, int first, int count, Span<float> scores)
    {
        int? window = configuration.Windows[layer];
        int firstKey = FirstVisible(first, window);
        int keys = first + count - firstKey;
        HeadLayout layout = new(configuration);
        int query = (first * stride) + layout.Query(head);
        int key = (firstKey * stride) + layout.Key(head * configuration.KeyValueHeads / configuration.Heads);
        MatMul.MultiplyBlock(count, keys, configuration.HeadWidth, rows[query..], stride, rows[key..], stride, scores, keys);
        for (int i = 0; i < count; i++)
        {
            Span<float> row = scores.Slice(i * keys, keys);
            int start = FirstVisible(first + i, window) - firstKey;
            int end = first + i + 1 - firstKey;
            row[..start].Clear();
            row[end..].Clear();
            Softmax(row[start..end], configuration.AttentionScale[layer], configuration.AttentionCap);
        }

        return firstKey;
    }

    /// <summary>This thread's space for scores.</summary>
    internal static Span<float> TakeScores(int length)
    {
        if (s_scores is null || s_scores.Length < length)
        {
            s_scores?.Dispose();
            s_scores = new AlignedBuffer<float>(length);
        }

        return s_scores.Slice(0, length);
    }

    private static void Head(ModelConfiguration configuration, int layer, int head, int start, int length, Matrix queryKeyValue, Matrix z)
    {
        int stride = queryKeyValue.Columns;
        ReadOnlySpan<float> rows = queryKeyValue.RowRange(start, length);
        Span<float> output = z.RowRange(start, length);
        int value = new HeadLayout(configuration).Value(head * configuration.KeyValueHeads / configuration.Heads);
        for (int first = 0; first < length; first += QueriesOfBlock)
        {
            int count = Math.Min(QueriesOfBlock, length - first);
            Span<float> scores = TakeScores(count * (first + count));
            int firstKey = Weights(configuration, layer, head, rows, stride, first, count, scores);
            int keys = first + count - firstKey;
            MatMul.MultiplyBlockByRows(
                count, configuration.HeadWidth, keys, scores, keys, rows[((firstKey * stride) + value)..], stride,
                output[((first * z.Columns) + (head * configuration.HeadWidth))..], z.Columns);
        }
    }

    private static void Softmax(Span<float> row, float scale, float? cap)
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
}
