namespace Saltus.Lm.Models;

/// <summary>
/// Sequences of tokens, possibly of different lengths, that a model reads together. Activations of a batch are matrices with one row a
/// token, sequence after sequence.
/// </summary>
public sealed class TokenBatch
{
    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly int[] _sequenceOf;
    private readonly int[] _firstPositions;

    /// <summary>Copies the sequences.</summary>
    /// <param name="sequences">Token ids; at least one sequence, each with at least one token.</param>
    /// <exception cref="ArgumentException">There is no sequence, or one is empty.</exception>
    public TokenBatch(IReadOnlyList<int[]> sequences)
        : this(sequences, [.. sequences?.Select(_ => 0) ?? []])
    {
    }

    /// <summary>Copies the ends of sequences whose beginnings were read before.</summary>
    /// <param name="sequences">Token ids.</param>
    /// <param name="firstPositions">The position of each one's first token.</param>
    internal TokenBatch(IReadOnlyList<int[]> sequences, int[] firstPositions)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        if (sequences.Count == 0 || sequences.Any(sequence => sequence.Length == 0))
        {
            throw new ArgumentException("a batch needs at least one sequence, and each at least one token", nameof(sequences));
        }

        _firstPositions = firstPositions;
        _starts = new int[sequences.Count + 1];
        for (int i = 0; i < sequences.Count; i++)
        {
            _starts[i + 1] = checked(_starts[i] + sequences[i].Length);
        }

        _tokens = new int[_starts[^1]];
        _sequenceOf = new int[_tokens.Length];
        for (int i = 0; i < sequences.Count; i++)
        {
            sequences[i].CopyTo(_tokens.AsSpan(_starts[i]));
            _sequenceOf.AsSpan(_starts[i], sequences[i].Length).Fill(i);
            LongestSequence = Math.Max(LongestSequence, End(i));
        }
    }

    /// <summary>Gets all tokens, sequence after sequence: one a row.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>Gets the number of rows.</summary>
    public int TokenCount => _tokens.Length;

    /// <summary>Gets the number of sequences.</summary>
    public int SequenceCount => _starts.Length - 1;

    /// <summary>Gets the longest sequence's tokens, those read before included.</summary>
    public int LongestSequence { get; }

    /// <summary>Gets the first row of a sequence.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <returns>The row of its first token here: position 0, unless its beginning was read before.</returns>
    public int Start(int sequence) => _starts[sequence];

    /// <summary>Gets the tokens of a sequence here.</summary>
    /// <param name="sequence">Index of the sequence.</param>
    /// <returns>Their number, without those read before.</returns>
    public int Length(int sequence) => _starts[sequence + 1] - _starts[sequence];

    /// <summary>Gets the sequence that a row belongs to.</summary>
    /// <param name="row">Index of the row.</param>
    /// <returns>Index of the sequence.</returns>
    public int SequenceOf(int row) => _sequenceOf[row];

    /// <summary>Gets the position of a row in its sequence.</summary>
    /// <param name="row">Index of the row.</param>
    /// <returns>The position, from 0.</returns>
    public int PositionOf(int row) => _firstPositions[_sequenceOf[row]] + row - _starts[_sequenceOf[row]];

    /// <summary>The position of a sequence's first token here: how many were read before.</summary>
    internal int FirstPosition(int sequence) => _firstPositions[sequence];

    /// <summary>The position after a sequence's last token.</summary>
    internal int End(int sequence) => _firstPositions[sequence] + Length(sequence);
}
