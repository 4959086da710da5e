using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// One backward pass: from the gradient of the residual after the last block down to the lowest site that is tapped. Each block is
/// computed again from where it started, which leaves what its backward needs in <paramref name="buffers"/> and <paramref name="record"/>.
/// </summary>
/// <param name="configuration">Architecture.</param>
/// <param name="weights">Weights.</param>
/// <param name="buffers">Activations, prepared for the batch.</param>
/// <param name="record">What a block overwrites.</param>
/// <param name="gradients">Gradients of the same shapes, prepared for the batch; <see cref="ActivationBuffers.Residual"/> holds the first one.</param>
/// <param name="team">Threads.</param>
/// <param name="tape">The forward run.</param>
/// <param name="run">What is asked for.</param>
internal sealed class BackwardExecution(
    ModelConfiguration configuration, ModelWeights weights, ActivationBuffers buffers, BlockRecord record, ActivationBuffers gradients, WorkTeam team,
    GradientTape tape, BackwardRun run)
{
    private readonly TokenBatch _batch = tape.Batch;
    private readonly int _lowestStage = run.Taps.Min(tap => ModelExecution.Stage(tap.Site));

    /// <summary>Goes back through the blocks.</summary>
    /// <param name="replay">Computes a block again.</param>
    /// <param name="ropes">Rope tables of the batch's sequences by layer; null where there are none.</param>
    public void Run(Action<int> replay, Func<int, RopeTable[]?> ropes)
    {
        bool goesOn = true;
        for (int layer = configuration.Layers - 1; goesOn && layer >= 0; layer--)
        {
            goesOn = Reach(new Site(SiteKind.ResidPost, layer), gradients.Residual);
            if (goesOn)
            {
                replay(layer);
                goesOn = Block(layer, ropes(layer));
            }
        }

        if (goesOn)
        {
            Reach(new Site(SiteKind.Embed, 0), gradients.Residual);
        }
    }

    /// <summary>Goes back through one block.</summary>
    /// <returns>Whether the pass goes on.</returns>
    private bool Block(int layer, RopeTable[]? ropes)
    {
        BlockWeights block = weights.Blocks[layer];

        // A resumed run may have begun inside the block, with the residual beside it.
        Matrix input = tape.Start(layer).Residual ?? tape.Start(layer).Activation;
        Matrix residual = gradients.Residual;
        Matrix branch = gradients.Branch;
        Copy(residual, branch);
        if (!Reach(new Site(SiteKind.MlpOut, layer), branch))
        {
            return false;
        }

        BackThroughMlp(block, branch);
        if (!Reach(new Site(SiteKind.MlpIn, layer), gradients.Normed))
        {
            return false;
        }

        if (configuration.IsParallel)
        {
            // Attention's term enters the sum beside the MLP's: its gradient is the one that came from above.
            Copy(residual, branch);
            AddThroughNorm(block.MlpNorm ?? block.AttentionNorm, input);
        }
        else
        {
            AddThroughNorm(block.MlpNorm, record.Mid);
            if (!Reach(new Site(SiteKind.ResidMid, layer), residual))
            {
                return false;
            }

            Copy(residual, branch);
        }

        if (!Reach(new Site(SiteKind.AttnOut, layer), branch))
        {
            return false;
        }

        BackThroughPostNorm(block.AttentionPostNorm, () => record.AttentionProduct, block.AttentionOutputBias, branch);
        TransposedProduct.Multiply(team, branch, block.AttentionOutput, gradients.Heads);
        if (!Reach(new Site(SiteKind.AttnZ, layer), gradients.Heads))
        {
            return false;
        }

        BackThroughAttention(layer, block, ropes);
        AddThroughNorm(block.AttentionNorm, input);
        return Reach(new Site(SiteKind.ResidPre, layer), residual);
    }

    private void BackThroughMlp(BlockWeights block, Matrix branch)
    {
        BackThroughPostNorm(block.MlpPostNorm, () => record.MlpProduct, block.MlpOutputBias, branch);
        TransposedProduct.Multiply(team, branch, block.MlpOutput, gradients.MlpHidden);
        RowBlocks.Run(team, _batch.TokenCount, row =>
        {
            ReadOnlySpan<float> product = buffers.MlpProduct.Row(row);
            ReadOnlySpan<float> gradient = gradients.MlpHidden.Row(row);
            Span<float> result = gradients.MlpProduct.Row(row);
            int width = gradient.Length;
            Span<float> first = result[..width];
            if (configuration.Gated)
            {
                // hidden = act(gate) ⊙ up.
                Span<float> second = result[width..];
                ActivationFunction.Apply(configuration.Activation, product[..width], second);
                TensorPrimitives.Multiply(second, gradient, second);
                ActivationFunction.Derivative(configuration.Activation, product[..width], first);
                TensorPrimitives.Multiply(first, product[width..], first);
            }
            else
            {
                ActivationFunction.Derivative(configuration.Activation, product, first);
            }

            TensorPrimitives.Multiply(first, gradient, first);
        });
        TransposedProduct.Multiply(team, gradients.MlpProduct, block.MlpInput, gradients.Normed);
    }

    private void BackThroughAttention(int layer, BlockWeights block, RopeTable[]? ropes)
    {
        Matrix result = gradients.QueryKeyValue;
        AttentionBackward.Run(team, _batch, configuration, layer, buffers.QueryKeyValue, gradients.Heads, result);
        if (block.QueryNorm is not null || ropes is not null)
        {
            HeadPreparation preparation = new(configuration, block);
            RowBlocks.Run(team, _batch.TokenCount, row => preparation.Backward(
                result.Row(row), block.QueryNorm is null ? default : record.Projections.Row(row), ropes?[_batch.SequenceOf(row)], _batch.PositionOf(row)));
        }

        TransposedProduct.Multiply(team, result, block.QueryKeyValue, gradients.Normed);
    }

    /// <summary>Back through the norm that follows a branch, in place.</summary>
    private void BackThroughPostNorm(Norm? norm, Func<Matrix> product, float[]? bias, Matrix branch)
    {
        if (norm is null)
        {
            return;
        }

        Matrix source = product();
        RowBlocks.Run(team, _batch.TokenCount, row =>
        {
            ReadOnlySpan<float> input = source.Row(row);
            if (bias is not null)
            {
                Span<float> biased = Workspace.Take(input.Length, slot: 3);
                TensorPrimitives.Add(input, bias, biased);
                input = biased;
            }

            norm.Backward(input, branch.Row(row), branch.Row(row));
        });
    }

    /// <summary>Adds to the residual's gradient what comes back through the norm in front of a branch.</summary>
    private void AddThroughNorm(Norm? norm, Matrix input) => RowBlocks.Run(team, _batch.TokenCount, row =>
    {
        Span<float> gradient = gradients.Normed.Row(row);
        norm?.Backward(input.Row(row), gradient, gradient);
        Span<float> residual = gradients.Residual.Row(row);
        TensorPrimitives.Add(residual, gradient, residual);
    });

    private void Copy(Matrix source, Matrix target) => RowBlocks.Run(team, _batch.TokenCount, row => source.Row(row).CopyTo(target.Row(row)));

    /// <summary>Lets whoever asked read and change the gradient at a site.</summary>
    /// <returns>Whether the pass goes on.</returns>
    private bool Reach(Site site, Matrix gradient)
    {
        foreach (Tap tap in run.Taps)
        {
            if (tap.Site == site)
            {
                tap.Read(_batch, gradient);
            }
        }

        foreach (Edit edit in run.Edits)
        {
            if (edit.Site == site)
            {
                edit.Change(_batch, gradient);
            }
        }

        return ModelExecution.Stage(site) > _lowestStage;
    }
}
