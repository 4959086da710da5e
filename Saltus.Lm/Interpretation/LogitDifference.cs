using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>What attribution explains: Σ over positions of logit[plus] − logit[minus].</summary>
/// <param name="Pair">The two tokens.</param>
/// <param name="Positions">Positions of the sequence at which the next token is predicted, each once.</param>
public sealed record LogitDifference(LogitPair Pair, IReadOnlyList<int> Positions)
{
    /// <summary>Gets the positions as an array.</summary>
    internal int[] Rows { get; } = [.. Positions];

    /// <summary>Puts the gradient with respect to the logits in place.</summary>
    internal void Seed(TokenBatch batch, ReadOnlySpan<int> rows, Matrix logits, Matrix gradient)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            gradient.Row(i)[Pair.Plus] += 1;
            gradient.Row(i)[Pair.Minus] -= 1;
        }
    }

    /// <summary>Computes the difference of each of several sequences of one length from the final norm's output.</summary>
    internal double[] Measure(WorkTeam team, LanguageModel model, TokenBatch batch, Matrix final)
    {
        double[] result = new double[batch.SequenceCount];
        int step = Math.Max(1, model.LogitRows / Rows.Length);
        for (int first = 0; first < result.Length; first += step)
        {
            int count = Math.Min(step, result.Length - first);
            int[] rows = [.. Enumerable.Range(first, count).SelectMany(sequence => Rows.Select(position => batch.Start(sequence) + position))];
            using Matrix gathered = WindowBatch.Gather(final, rows);
            using Matrix logits = new(rows.Length, model.Configuration.VocabularySize);
            model.ComputeLogits(team, gathered, logits);
            for (int row = 0; row < rows.Length; row++)
            {
                result[first + (row / Rows.Length)] += Pair.Of(logits.Row(row));
            }
        }

        return result;
    }
}
