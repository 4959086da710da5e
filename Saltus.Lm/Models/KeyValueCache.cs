using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// The keys and values of sequences that are read a piece at a time: 2 · key-value heads · head width · layers float32 a token. What a model
/// reads with it has the bits of reading the whole sequence at once.
/// </summary>
/// <remarks>
/// Ropes whose angles depend on the sequence's length (dynamic, longrope beyond the original length) change every earlier key; where that
/// happens, the sequence is read again from its start.
/// </remarks>
public sealed class KeyValueCache : IDisposable
{
    private const int FirstCapacity = 64;
    private readonly ModelConfiguration _configuration;
    private readonly Matrix[][] _rows;
    private readonly List<int>[] _tokens;
    private readonly int[] _read;

    internal KeyValueCache(ModelConfiguration configuration, int sequences)
    {
        _configuration = configuration;
        int width = 2 * configuration.KeyValueHeads * configuration.HeadWidth;
        _rows = [.. Enumerable.Range(0, sequences).Select(_ => Enumerable.Range(0, configuration.Layers).Select(_ => new Matrix(0, width)).ToArray())];
        _tokens = [.. Enumerable.Range(0, sequences).Select(_ => new List<int>())];
        _read = new int[sequences];
    }

    /// <summary>Gets the number of sequences.</summary>
    public int SequenceCount => _tokens.Length;

    /// <summary>Gets all tokens of a sequence, those not yet read too.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <returns>The tokens; not to be changed.</returns>
    public IReadOnlyList<int> Tokens(int sequence) => _tokens[sequence];

    /// <summary>Adds tokens to the end of a sequence; the next run reads them.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <param name="tokens">Token ids.</param>
    public void Add(int sequence, params ReadOnlySpan<int> tokens) => _tokens[sequence].AddRange(tokens);

    /// <summary>What is not yet read of some sequences.</summary>
    /// <exception cref="ArgumentException">A sequence has nothing new.</exception>
    internal TokenBatch Pending(IReadOnlyList<int> sequences)
    {
        int[] first = [.. sequences.Select(FirstToRead)];
        return new TokenBatch([.. sequences.Select((sequence, i) => _tokens[sequence].Skip(first[i]).ToArray())], first);
    }

    /// <summary>Notes that all of some sequences was read.</summary>
    internal void MarkRead(IReadOnlyList<int> sequences)
    {
        foreach (int sequence in sequences)
        {
            _read[sequence] = _tokens[sequence].Count;
        }
    }

    /// <summary>[capacity, keys of all heads and then values]; one row a position.</summary>
    internal Matrix Rows(int sequence, int layer) => _rows[sequence][layer];

    /// <summary>Makes room, keeping what stands before <paramref name="kept"/>.</summary>
    internal void Reserve(int sequence, int layer, int kept, int length)
    {
        Matrix rows = _rows[sequence][layer];
        if (rows.Rows < length)
        {
            Matrix larger = new(Math.Max(length, Math.Max(FirstCapacity, 2 * rows.Rows)), rows.Columns);
            rows.RowRange(0, kept).CopyTo(larger.RowRange(0, kept));
            rows.Dispose();
            _rows[sequence][layer] = larger;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Matrix rows in _rows.SelectMany(layers => layers))
        {
            rows.Dispose();
        }
    }

    private int FirstToRead(int sequence)
    {
        (int read, int length) = (_read[sequence], _tokens[sequence].Count);
        bool turnsAnew = _configuration.Rope.OfType<RopeSettings>().Any(
            rope => read > 0 && RopeFrequencies.Variant(rope, read) != RopeFrequencies.Variant(rope, length));
        return turnsAnew ? 0 : read;
    }
}
