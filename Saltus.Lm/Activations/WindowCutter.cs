namespace Saltus.Lm.Activations;

/// <summary>Cuts the tokens of a document into windows.</summary>
/// <param name="context">Tokens of a full window, BOS included; at least 2.</param>
/// <param name="bos">The token put in front of each window; null where the tokenizer has none (0 is a token).</param>
/// <param name="specialTokens">Ids whose positions do not count.</param>
public sealed class WindowCutter(int context, int? bos, IReadOnlySet<int> specialTokens)
{
    private const int ShortestWindow = 2;
    private readonly int _stride = context - (bos is null ? 0 : 1);
    private readonly CountedTokens _counted = new(bos, specialTokens);

    /// <summary>Gets the tokens of a full window, BOS included.</summary>
    public int Context { get; } = context >= ShortestWindow
        ? context
        : throw new InputException($"context: expected at least {ShortestWindow} tokens, found {context}");

    /// <summary>Cuts a document: full windows, then the shorter rest if it has at least 2 tokens with its BOS.</summary>
    /// <param name="document">Index of the document.</param>
    /// <param name="tokens">Its tokens, without anything added.</param>
    /// <returns>The windows in the order of the text; none for a document that is too short.</returns>
    public IEnumerable<TokenWindow> Cut(int document, ReadOnlyMemory<int> tokens)
    {
        for (int start = 0; start < tokens.Length; start += _stride)
        {
            ReadOnlyMemory<int> part = tokens.Slice(start, Math.Min(_stride, tokens.Length - start));
            int[] ids = bos is int first ? [first, .. part.Span] : part.ToArray();
            if (ids.Length >= ShortestWindow)
            {
                yield return new TokenWindow(document, start, ids, bos is not null, _counted.Of(ids));
            }
        }
    }

    /// <summary>Takes off a BOS that another program put in front of a document: each window gets its own.</summary>
    /// <param name="tokens">Tokens of a document.</param>
    /// <returns>The same, or all but the first.</returns>
    internal ReadOnlyMemory<int> WithoutBos(ReadOnlyMemory<int> tokens) => bos is int first && tokens.Length > 0 && tokens.Span[0] == first ? tokens[1..] : tokens;
}
