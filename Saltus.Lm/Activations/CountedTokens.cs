using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;

namespace Saltus.Lm.Activations;

/// <summary>Which positions count: are harvested, trained on, spliced, edited and measured. Those of BOS and other special tokens do not.</summary>
/// <param name="bos">The token in front of a sequence; null where the tokenizer has none (0 is a token).</param>
/// <param name="specialTokens">Ids whose positions do not count.</param>
public sealed class CountedTokens(int? bos, IReadOnlySet<int> specialTokens)
{
    /// <summary>Gets the rule of a tokenizer.</summary>
    /// <param name="tokenizer">Whose BOS and special tokens are meant.</param>
    /// <returns>The rule.</returns>
    public static CountedTokens For(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new CountedTokens(tokenizer.BosId, tokenizer.SpecialIds);
    }

    /// <summary>Gets whether a position counts.</summary>
    /// <param name="token">The token there.</param>
    /// <param name="position">The position in its sequence.</param>
    /// <returns>Whether it does.</returns>
    /// <remarks>The token in front never counts, also where a tokenizer does not list it as special.</remarks>
    public bool Contains(int token, int position) => (position > 0 || bos is null) && !specialTokens.Contains(token);

    /// <summary>Gets which positions of a sequence count.</summary>
    /// <param name="ids">The sequence from its first token on.</param>
    /// <returns>One a position.</returns>
    public bool[] Of(ReadOnlySpan<int> ids)
    {
        bool[] counted = new bool[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            counted[i] = Contains(ids[i], i);
        }

        return counted;
    }

    /// <summary>Gets the rows of a batch that count.</summary>
    internal int[] Rows(TokenBatch batch) =>
        [.. Enumerable.Range(0, batch.TokenCount).Where(row => Contains(batch.Tokens[row], batch.PositionOf(row)))];
}
