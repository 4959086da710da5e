using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <content>Reading sequences a piece at a time.</content>
public sealed partial class LanguageModel
{
    /// <summary>Creates an empty cache of keys and values for this model.</summary>
    /// <param name="sequences">Number of sequences, at least 1.</param>
    /// <returns>The cache; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no sequence.</exception>
    public KeyValueCache CreateCache(int sequences)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sequences);
        return new KeyValueCache(Configuration, sequences);
    }

    /// <summary>Reads what was added to some sequences of a cache since they were read last.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="cache">A cache that this model made.</param>
    /// <param name="sequences">Which of its sequences, each once; each has something new.</param>
    /// <param name="run">What is asked for. Rows are those of the tokens that are read, with their positions in the sequence; edits change those only.</param>
    /// <returns>What was read; its last row of a sequence is the sequence's last token.</returns>
    /// <exception cref="ArgumentException">A sequence has nothing new, or is named twice.</exception>
    /// <exception cref="ModelException">As for <see cref="Run(WorkTeam, TokenBatch, ModelRun)"/>.</exception>
    public TokenBatch Run(WorkTeam team, KeyValueCache cache, IReadOnlyList<int> sequences, ModelRun run)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(run);
        if (sequences.Distinct().Count() != sequences.Count)
        {
            throw new ArgumentException("a sequence is named twice", nameof(sequences));
        }

        TokenBatch batch = cache.Pending(sequences);
        CheckSites(run);
        CheckTokens(batch);
        _buffers.Prepare(batch.TokenCount);
        _ropes.Trim();
        new ModelExecution(Configuration, _weights, _buffers, _ropes, team, batch, run, keep: null)
        {
            Cache = new CachedSequences(Configuration, cache, sequences),
        }.Start();
        StreamLogits(team, batch, run);
        cache.MarkRead(sequences);
        return batch;
    }
}
