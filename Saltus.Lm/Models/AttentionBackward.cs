using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Gradients of queries, keys and values from the gradient of z, with P = softmax(mask(cap(scale·q·kᵀ))) computed again:
/// dv = Pᵀ·dz, dP = dz·vᵀ, ds = P ⊙ (dP − Σ_j P·dP) × slope of cap × scale, dq = ds·k, dk = dsᵀ·q. Shapes as in <see cref="Attention"/>.
/// An item of work is one key-value head of one sequence, its query heads in blocks of rows, their keys' and values' gradients added in
/// ascending order: the same bits on any number of threads, at every vector width, alone and in any batch.
/// </summary>
internal static class AttentionBackward
{
    /// <summary>Queries of a block: whole tiles of every kernel.</summary>
    private const int QueriesOfBlock = 48;

    /// <summary>Computes the gradients.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Which row is which token.</param>
    /// <param name="configuration">Heads and cap.</param>
    /// <param name="layer">Whose scale and window.</param>
    /// <param name="queryKeyValue">Queries and keys turned and normed.</param>
    /// <param name="gradient">Gradient of z.</param>
    /// <param name="result">Gradient of <paramref name="queryKeyValue"/>; overwritten.</param>
    public static void Run(
        WorkTeam team, TokenBatch batch, ModelConfiguration configuration, int layer, Matrix queryKeyValue, Matrix gradient, Matrix result) =>
        team.Run(batch.SequenceCount * configuration.KeyValueHeads, item =>
        {
            int sequence = item / configuration.KeyValueHeads;
            int keyHead = item % configuration.KeyValueHeads;
            (int start, int length) = (batch.Start(sequence), batch.Length(sequence));
            HeadLayout layout = new(configuration);
            int width = configuration.HeadWidth;
            for (int row = start; row < start + length; row++)
            {
                result.Row(row).Slice(layout.Key(keyHead), width).Clear();
                result.Row(row).Slice(layout.Value(keyHead), width).Clear();
            }

            int group = configuration.Heads / configuration.KeyValueHeads;
            for (int head = keyHead * group; head < (keyHead + 1) * group; head++)
            {
                for (int first = 0; first < length; first += QueriesOfBlock)
                {
                    int count = Math.Min(QueriesOfBlock, length - first);
                    Block(configuration, layer, head, keyHead, start, first, count, queryKeyValue, gradient, result);
                }
            }
        });

    private static void Block(
        ModelConfiguration configuration, int layer, int head, int keyHead, int start, int first, int count, Matrix queryKeyValue, Matrix gradient,
        Matrix result)
    {
        int width = configuration.HeadWidth;
        int stride = queryKeyValue.Columns;
        HeadLayout layout = new(configuration);
        int firstKey = Attention.FirstVisible(first, configuration.Windows[layer]);
        int keyCount = first + count - firstKey;
        int size = count * keyCount;
        Span<float> space = Workspace.Take((4 * size) + (keyCount * width), slot: 1);
        Span<float> weights = space[..size];
        Span<float> slopes = space.Slice(size, size);
        Span<float> changes = space.Slice(2 * size, size);
        Span<float> turned = space.Slice(3 * size, size);
        Span<float> part = space[(4 * size)..];

        ReadOnlySpan<float> keyRows = queryKeyValue.RowRange(start + firstKey, keyCount);
        ReadOnlySpan<float> queries = queryKeyValue.RowRange(start + first, count)[layout.Query(head)..];
        ReadOnlySpan<float> keys = keyRows[layout.Key(keyHead)..];
        ReadOnlySpan<float> outputs = gradient.RowRange(start + first, count)[(head * width)..];
        MatMul.MultiplyBlock(count, keyCount, width, queries, stride, keys, stride, weights, keyCount);
        MatMul.MultiplyBlock(count, keyCount, width, outputs, gradient.Columns, keyRows[layout.Value(keyHead)..], stride, changes, keyCount);
        for (int i = 0; i < count; i++)
        {
            int from = Attention.FirstVisible(first + i, configuration.Windows[layer]) - firstKey;
            int to = first + i + 1 - firstKey;
            Row(
                configuration, layer, from, to, weights.Slice(i * keyCount, keyCount), slopes.Slice(i * keyCount, keyCount),
                changes.Slice(i * keyCount, keyCount));
        }

        Span<float> keyTargets = result.RowRange(start + firstKey, keyCount);
        PanelPacking.Transpose(count, keyCount, weights, keyCount, turned, count);
        MatMul.MultiplyBlockByRows(keyCount, width, count, turned, count, outputs, gradient.Columns, part, width);
        AddRows(part, width, keyTargets[layout.Value(keyHead)..], stride, keyCount);
        PanelPacking.Transpose(count, keyCount, changes, keyCount, turned, count);
        MatMul.MultiplyBlockByRows(keyCount, width, count, turned, count, queries, stride, part, width);
        AddRows(part, width, keyTargets[layout.Key(keyHead)..], stride, keyCount);
        MatMul.MultiplyBlockByRows(
            count, width, keyCount, changes, keyCount, keys, stride, result.RowRange(start + first, count)[layout.Query(head)..], stride);
    }

    /// <summary>Turns scores into weights and dP into ds, one query at a time; 0 at keys that it does not see.</summary>
    private static void Row(
        ModelConfiguration configuration, int layer, int from, int to, Span<float> weights, Span<float> slopes, Span<float> changes)
    {
        float scale = configuration.AttentionScale[layer];
        weights[..from].Clear();
        weights[to..].Clear();
        changes[..from].Clear();
        changes[to..].Clear();
        Span<float> seen = weights[from..to];
        Span<float> slope = slopes[from..to];
        Span<float> change = changes[from..to];
        if (configuration.AttentionCap is { } cap)
        {
            Elementary.SoftCap(seen, scale, cap, slope);
            Elementary.Apply(new CapSlope(cap), slope, slope);
        }

        Attention.Softmax(seen, scale, configuration.AttentionCap);
        TensorPrimitives.Subtract(change, Reductions.Dot(seen, change), change);
        TensorPrimitives.Multiply(change, seen, change);
        TensorPrimitives.Multiply(change, scale, change);
        if (configuration.AttentionCap is not null)
        {
            TensorPrimitives.Multiply(change, slope, change);
        }
    }

    private static void AddRows(ReadOnlySpan<float> part, int width, Span<float> target, int stride, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            Span<float> sum = target.Slice(row * stride, width);
            TensorPrimitives.Add(sum, part.Slice(row * width, width), sum);
        }
    }
}
