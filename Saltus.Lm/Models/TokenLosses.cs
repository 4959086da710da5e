using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Losses and divergences of single tokens from logits: −log softmax(logits)[next token], in nats; sums in float64 over fixed lanes.
/// </summary>
public static class TokenLosses
{
    /// <summary>Computes the loss of the token that follows each row of a block of logits.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">What was read.</param>
    /// <param name="firstRow">The batch's row of the block's first row.</param>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="losses">One a row of the whole batch, in nats; those of the block are written. The last row of a sequence predicts nothing: NaN.</param>
    /// <exception cref="ArgumentException">The block leaves the batch.</exception>
    public static void Compute(WorkTeam team, TokenBatch batch, int firstRow, Matrix logits, double[] losses)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(losses);
        if (losses.Length != batch.TokenCount || firstRow < 0 || firstRow + logits.Rows > batch.TokenCount)
        {
            throw new ArgumentException($"rows {firstRow} to {firstRow + logits.Rows} of {batch.TokenCount} tokens with {losses.Length} losses", nameof(losses));
        }

        team.Run(logits.Rows, i =>
        {
            int row = firstRow + i;
            bool predicts = row + 1 < batch.TokenCount && batch.SequenceOf(row + 1) == batch.SequenceOf(row);
            ReadOnlySpan<float> values = logits.Row(i);
            losses[row] = predicts ? LogSumExp(values) - values[batch.Tokens[row + 1]] : double.NaN;
        });
    }

    /// <summary>Computes log Σ exp of one row.</summary>
    /// <param name="logits">One row.</param>
    /// <returns>The normaliser, in nats.</returns>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        using Scratch exponentials = new(logits.Length);
        float largest = Reductions.Max(logits);
        Elementary.ExpOfDifference(logits, largest, exponentials.Values);
        return largest + Math.Log(Reductions.SumInDouble(exponentials.Values));
    }

    /// <summary>Computes the Kullback-Leibler divergence Σ p·(log p − log q) of two rows of logits.</summary>
    /// <param name="reference">Logits of p.</param>
    /// <param name="other">Logits of q, as many.</param>
    /// <returns>The divergence, in nats.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Divergence(ReadOnlySpan<float> reference, ReadOnlySpan<float> other)
    {
        if (reference.Length != other.Length)
        {
            throw new ArgumentException($"a divergence needs equal vocabularies, got {reference.Length} and {other.Length}", nameof(other));
        }

        // Σ p·(a − b) with p ∝ exp(a − max a), then the difference of the normalisers.
        using Scratch exponentials = new(reference.Length);
        float largest = Reductions.Max(reference);
        Elementary.ExpOfDifference(reference, largest, exponentials.Values);
        double total = Reductions.SumInDouble(exponentials.Values);
        double weighted = Reductions.DotInDouble(exponentials.Values, reference) - Reductions.DotInDouble(exponentials.Values, other);
        return (weighted / total) - (largest + Math.Log(total)) + LogSumExp(other);
    }

    /// <summary>A rented row.</summary>
    private readonly ref struct Scratch(int length)
    {
        private readonly float[] _rented = System.Buffers.ArrayPool<float>.Shared.Rent(length);

        public Span<float> Values => _rented.AsSpan(0, length);

        public void Dispose() => System.Buffers.ArrayPool<float>.Shared.Return(_rented);
    }
}
