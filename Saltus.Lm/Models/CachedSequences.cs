using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>The sequences of a cache that a batch goes on with, in the batch's order.</summary>
/// <param name="configuration">Heads.</param>
/// <param name="cache">Where their keys and values are kept.</param>
/// <param name="sequences">The cache's sequence of each of the batch.</param>
internal sealed class CachedSequences(ModelConfiguration configuration, KeyValueCache cache, IReadOnlyList<int> sequences)
{
    /// <summary>Copies the keys and values of a batch to their positions.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">What is read.</param>
    /// <param name="layer">Index of the block.</param>
    /// <param name="queryKeyValue">Prepared rows of the batch.</param>
    public void Store(WorkTeam team, TokenBatch batch, int layer, Matrix queryKeyValue)
    {
        HeadLayout layout = new(configuration);
        int width = configuration.HeadWidth;
        int heads = configuration.KeyValueHeads;
        for (int sequence = 0; sequence < batch.SequenceCount; sequence++)
        {
            cache.Reserve(sequences[sequence], layer, batch.FirstPosition(sequence), batch.End(sequence));
        }

        RowBlocks.Run(team, batch.TokenCount, row =>
        {
            ReadOnlySpan<float> source = queryKeyValue.Row(row);
            Span<float> target = cache.Rows(sequences[batch.SequenceOf(row)], layer).Row(batch.PositionOf(row));
            for (int head = 0; head < heads; head++)
            {
                source.Slice(layout.Key(head), width).CopyTo(target[(head * width)..]);
                source.Slice(layout.Value(head), width).CopyTo(target[((heads + head) * width)..]);
            }
        });
    }

    /// <summary>The keys and values of a head.</summary>
    /// <param name="sequence">The batch's sequence.</param>
    /// <param name="layer">Index of the block.</param>
    /// <param name="head">Key-value head.</param>
    /// <param name="length">Positions.</param>
    public KeyValueRows Rows(int sequence, int layer, int head, int length)
    {
        Matrix rows = cache.Rows(sequences[sequence], layer);
        int width = configuration.HeadWidth;
        ReadOnlySpan<float> values = rows.RowRange(0, length);
        return new KeyValueRows(values[(head * width)..], values[((configuration.KeyValueHeads + head) * width)..], rows.Columns, length);
    }
}
