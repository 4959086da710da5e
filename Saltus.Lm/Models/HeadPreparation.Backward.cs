using System.Numerics.Tensors;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <content>The way back: rotation, then norm; a bias changes no gradient.</content>
internal sealed partial class HeadPreparation
{
    /// <summary>Turns the gradient of one token's prepared row into that of its product, in place.</summary>
    /// <param name="gradient">Gradient of queries, keys and values.</param>
    /// <param name="product">The row as the product made it; read only where there are norms.</param>
    /// <param name="rope">The sequence's angles, or null.</param>
    /// <param name="position">Position of the token.</param>
    public void Backward(Span<float> gradient, ReadOnlySpan<float> product, RopeTable? rope, int position)
    {
        int width = configuration.HeadWidth;
        for (int head = 0; head < configuration.Heads; head++)
        {
            rope?.TurnBack(gradient.Slice(_layout.Query(head), width), position);
        }

        for (int head = 0; head < configuration.KeyValueHeads; head++)
        {
            rope?.TurnBack(gradient.Slice(_layout.Key(head), width), position);
        }

        if (weights.QueryNorm is not { } queryNorm || weights.KeyNorm is not { } keyNorm)
        {
            return;
        }

        Span<float> row = Workspace.Take(product.Length, slot: 3);
        product.CopyTo(row);
        if (weights.QueryKeyValueBias is not null)
        {
            TensorPrimitives.Add(row, weights.QueryKeyValueBias, row);
        }

        if (configuration.QueryKeyNorm == QueryKeyNorm.WholeProjection)
        {
            BackThrough(queryNorm, row, gradient, _layout.Query(0), configuration.Heads * width);
            BackThrough(keyNorm, row, gradient, _layout.Key(0), configuration.KeyValueHeads * width);
            return;
        }

        for (int head = 0; head < configuration.Heads; head++)
        {
            BackThrough(queryNorm, row, gradient, _layout.Query(head), width);
        }

        for (int head = 0; head < configuration.KeyValueHeads; head++)
        {
            BackThrough(keyNorm, row, gradient, _layout.Key(head), width);
        }
    }

    private static void BackThrough(Norm norm, ReadOnlySpan<float> row, Span<float> gradient, int start, int length)
    {
        Span<float> part = gradient.Slice(start, length);
        norm.Backward(row.Slice(start, length), part, part);
    }
}
