using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Measures what interventions do to a text, token by token. The layers below the target run once; the clean run and every intervention
/// go on from there. Places of the rule are those among the counted tokens of the whole text.
/// </summary>
/// <param name="placed">The SAE in its model.</param>
public sealed class InterventionEvaluation(PlacedSae placed)
{
    /// <summary>Tokens that the model reads together unless said otherwise.</summary>
    public const int DefaultBatchTokens = 4096;

    /// <summary>Gets the tokens that the model reads together; memory grows with it, results do not depend on it.</summary>
    public int BatchTokens { get; init; } = DefaultBatchTokens;

    /// <summary>Measures.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="windows">The text.</param>
    /// <param name="interventions">Interventions of the same SAE, each measured by itself.</param>
    /// <param name="pair">The logits whose difference is measured; null for none.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>One result an intervention, in their order.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IReadOnlyList<InterventionEffect> Run(
        WorkTeam team, IReadOnlyList<TokenWindow> windows, IReadOnlyList<LatentIntervention> interventions, LogitPair? pair = null,
        CancellationToken cancellation = default)
    {
        List<TokenEffect>[] tokens = [.. interventions.Select(_ => new List<TokenEffect>())];
        long place = 0;
        int window = 0;
        foreach (WindowBatch batch in WindowBatch.Split(windows, BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            using SpliceVectors vectors = placed.Read(team, batch.Tokens, batch.CountedRows);
            SparseActivations activations = placed.Encode(team, vectors.Inputs);
            long[] places = new long[batch.CountedRows.Length];
            for (int i = 0; i < places.Length; i++)
            {
                places[i] = place++;
            }

            int[] all = [.. Enumerable.Range(0, batch.Tokens.TokenCount)];
            using Matrix clean = SplicedLogits.Finish(team, placed.Model, vectors.Point, null, all);
            for (int i = 0; i < interventions.Count; i++)
            {
                using Matrix changedRows = vectors.Targets.Clone();
                interventions[i].Apply(team, vectors.Inputs, activations, changedRows, places);
                using Matrix replaced = batch.Replace(vectors.Point.Activation, changedRows);
                using Matrix changed = SplicedLogits.Finish(team, placed.Model, vectors.Point, replaced, all);
                tokens[i].AddRange(Compare(team, batch, window, clean, changed, pair));
            }

            window += batch.Windows.Count;
        }

        return [.. tokens.Select(list => new InterventionEffect(list))];
    }

    private TokenEffect[] Compare(WorkTeam team, WindowBatch batch, int firstWindow, Matrix clean, Matrix changed, LogitPair? pair)
    {
        TokenBatch tokens = batch.Tokens;
        TokenEffect[] effects = new TokenEffect[tokens.TokenCount];
        int step = Math.Min(placed.Model.LogitRows, tokens.TokenCount);
        for (int first = 0; first < effects.Length; first += step)
        {
            int offset = first;
            int count = Math.Min(step, effects.Length - first);
            using Matrix cleanLogits = SplicedLogits.Logits(team, placed.Model, clean, first, count);
            using Matrix changedLogits = SplicedLogits.Logits(team, placed.Model, changed, first, count);
            team.Run(count, i =>
            {
                int row = offset + i;
                int sequence = tokens.SequenceOf(row);
                bool isPredicting = row + 1 < effects.Length && tokens.SequenceOf(row + 1) == sequence;
                NextTokenLoss loss = NextTokenLoss.Compare(cleanLogits.Row(i), changedLogits.Row(i), isPredicting ? tokens.Tokens[row + 1] : 0);
                effects[row] = new TokenEffect(
                    firstWindow + sequence,
                    tokens.PositionOf(row),
                    isPredicting ? loss.Clean : double.NaN,
                    isPredicting ? loss.Changed : double.NaN,
                    loss.Kl,
                    pair?.Of(cleanLogits.Row(i)) ?? double.NaN,
                    pair?.Of(changedLogits.Row(i)) ?? double.NaN);
            });
        }

        return effects;
    }
}
