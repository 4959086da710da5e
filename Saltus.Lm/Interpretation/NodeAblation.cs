using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// The true effect of single latents at single positions: the logit difference less what is left of it when one of them is taken out and
/// the SAE's error stays. What attribution estimates without the runs.
/// </summary>
/// <param name="placed">The SAE in its model.</param>
public sealed class NodeAblation(PlacedSae placed)
{
    /// <summary>Gets the tokens that the model reads together; results do not depend on it.</summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>Measures.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="ids">The sequence.</param>
    /// <param name="nodes">Latents with their positions and activations.</param>
    /// <param name="difference">What is measured.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>The effect of each node; positive where the difference is smaller without it.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IReadOnlyList<double> Run(
        WorkTeam team, int[] ids, IReadOnlyList<LatentNode> nodes, LogitDifference difference, CancellationToken cancellation = default)
    {
        int[] all = [.. Enumerable.Range(0, ids.Length)];
        using SpliceVectors vectors = placed.Read(team, new TokenBatch([ids]), all);
        double clean = Measure(team, vectors, [], difference)[0];
        int together = Math.Max(1, BatchTokens / ids.Length);
        List<double> effects = [];
        foreach (LatentNode[] part in nodes.Chunk(together))
        {
            cancellation.ThrowIfCancellationRequested();
            effects.AddRange(Measure(team, vectors, part, difference).Select(left => clean - left));
        }

        return effects;
    }

    /// <summary>
    /// Goes on from the target with as many copies of the sequence as there are nodes, each without its node; without nodes, with the sequence itself.
    /// </summary>
    private double[] Measure(WorkTeam team, SpliceVectors vectors, LatentNode[] nodes, LogitDifference difference)
    {
        int copies = Math.Max(1, nodes.Length);
        int[] ids = vectors.Point.Batch.Tokens.ToArray();
        TokenBatch batch = new([.. Enumerable.Repeat(ids, copies)]);
        Matrix activation = Copies(vectors.Point.Activation, copies);
        for (int i = 0; i < nodes.Length; i++)
        {
            LatentNode node = nodes[i];
            double scale = placed.Sae.OutputScale(vectors.Inputs.Row(node.Position));
            Axpy.Add((float)(-scale * node.Activation), placed.Sae.DecoderWeights.Row(node.Latent), activation.Row(batch.Start(i) + node.Position));
        }

        using ResumePoint point = new(placed.Target, batch, activation, vectors.Point.Residual is { } residual ? Copies(residual, copies) : null);
        double[] result = [];
        placed.Model.RunFrom(
            team, point, activation: null, new ModelRun { FinalNorm = (read, final) => result = difference.Measure(team, placed.Model, read, final) });
        return result;
    }

    private static Matrix Copies(Matrix source, int count)
    {
        Matrix result = new(source.Rows * count, source.Columns);
        for (int copy = 0; copy < count; copy++)
        {
            source.Span.CopyTo(result.RowRange(copy * source.Rows, source.Rows));
        }

        return result;
    }
}
