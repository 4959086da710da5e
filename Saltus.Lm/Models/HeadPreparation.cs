using System.Numerics.Tensors;

namespace Saltus.Lm.Models;

/// <summary>What happens to queries and keys between their product and the scores: bias, norm, rotation. One row at a time.</summary>
/// <param name="configuration">Heads.</param>
/// <param name="weights">Bias and norms of the block.</param>
internal sealed partial class HeadPreparation(ModelConfiguration configuration, BlockWeights weights)
{
    private readonly HeadLayout _layout = new(configuration);

    /// <summary>Prepares one token's row of the fused product, in place.</summary>
    /// <param name="row">Queries, keys and values.</param>
    /// <param name="rope">The sequence's angles, or null.</param>
    /// <param name="position">Position of the token.</param>
    public void Apply(Span<float> row, RopeTable? rope, int position)
    {
        int width = configuration.HeadWidth;
        if (weights.QueryKeyValueBias is not null)
        {
            TensorPrimitives.Add(row, weights.QueryKeyValueBias, row);
        }

        bool whole = configuration.QueryKeyNorm == QueryKeyNorm.WholeProjection;
        if (whole)
        {
            Span<float> queries = row.Slice(_layout.Query(0), configuration.Heads * width);
            Span<float> keys = row.Slice(_layout.Key(0), configuration.KeyValueHeads * width);
            weights.QueryNorm!.Apply(queries, queries);
            weights.KeyNorm!.Apply(keys, keys);
        }

        for (int head = 0; head < configuration.Heads; head++)
        {
            PrepareHead(row.Slice(_layout.Query(head), width), whole ? null : weights.QueryNorm, rope, position);
        }

        for (int head = 0; head < configuration.KeyValueHeads; head++)
        {
            PrepareHead(row.Slice(_layout.Key(head), width), whole ? null : weights.KeyNorm, rope, position);
        }
    }

    private static void PrepareHead(Span<float> head, Norm? norm, RopeTable? rope, int position)
    {
        norm?.Apply(head, head);
        rope?.Turn(head, position);
    }
}
