using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>Measures SAEs on stored vectors alone: sparsity and reconstruction, no losses.</summary>
public static class VectorEvaluation
{
    /// <summary>Evaluates every SAE in one pass.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="saes">Autoencoders of the vectors.</param>
    /// <param name="source">Held-out vectors, from where it stands.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each batch how many vectors are done; null for nobody.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>A result an SAE, in their order.</returns>
    /// <exception cref="InputException">There is no vector, or a number is not finite.</exception>
    public static IReadOnlyList<EvaluationResult> Run(
        WorkTeam team,
        IReadOnlyList<SparseCoder> saes,
        IActivationSource source,
        VectorEvaluationOptions options,
        Action<long>? progress,
        CancellationToken cancellation)
    {
        long left = options.Vectors ?? long.MaxValue;
        ReconstructionAccumulator[] sums = [.. saes.Select(sae => new ReconstructionAccumulator(sae.InputWidth, sae.Latents))];
        VectorDocuments[] documents = [.. saes.Select(_ => new VectorDocuments())];
        using ActivationBatch batch = new(options.BatchRows, source.Width);
        while (left > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            source.Read(batch);
            int count = (int)Math.Min(batch.Count, left);
            if (count == 0)
            {
                break;
            }

            using Matrix x = Matrix.FromRows(count, source.Width, batch.Vectors.RowRange(0, count));
            for (int i = 0; i < saes.Count; i++)
            {
                using Matrix reconstruction = new(count, source.Width);
                SparseActivations activations = saes[i].Forward(team, x, reconstruction);
                sums[i].Add(team, x, activations, reconstruction);
                documents[i].Add(batch.Documents, sums[i].LastBatch);
            }

            left -= count;
            progress?.Invoke(sums[0].Count);
        }

        if (sums[0].Count == 0)
        {
            throw new InputException("held-out activations: expected at least one vector, found none");
        }

        return [.. sums.Select((sum, i) => Result(sum, documents[i], options.Bootstrap))];
    }

    private static EvaluationResult Result(ReconstructionAccumulator sums, VectorDocuments documents, BootstrapOptions options)
    {
        EvaluationResult result = EvaluationResult.From(sums, documents.Count);
        if (!double.IsFinite(result.MeanSquaredError + result.L0))
        {
            throw new InputException($"held-out activations: expected finite reconstructions, found a mean squared error of {result.MeanSquaredError}; check SAE and vectors");
        }

        return documents.Count == 0 ? result : result with
        {
            Intervals = documents.Intervals(options),
            Settings = result.Settings with { BootstrapResamples = options.Resamples, Seed = options.Seed },
        };
    }
}
