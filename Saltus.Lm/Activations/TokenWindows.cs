using Saltus.Lm.Tokenizers;

namespace Saltus.Lm.Activations;

/// <summary>The windows of a corpus, document after document; each pass reads and tokenizes the files again, so that a corpus may be of any size.</summary>
public sealed class TokenWindows
{
    private readonly DocumentReader _documents;
    private readonly DocumentOrder _order;
    private readonly WindowCutter _cutter;
    private readonly Action<string, List<int>> _encode;

    /// <summary>Takes documents, tokenizer and length of the windows.</summary>
    /// <param name="documents">The text.</param>
    /// <param name="tokenizer">Its tokenizer: BOS in front of each window is <see cref="Tokenizer.BosId"/>, its special tokens do not count.</param>
    /// <param name="context">Tokens of a full window, BOS included; at least 2.</param>
    /// <param name="seed">Seed of a shuffled order of the documents, another in each pass; null for the order of the files.</param>
    /// <exception cref="InputException">The context is too short.</exception>
    public TokenWindows(DocumentReader documents, Tokenizer tokenizer, int context, long? seed = null)
        : this(
            documents,
            new WindowCutter(context, tokenizer.BosId, tokenizer.SpecialIds),
            (text, ids) => tokenizer.EncodeIds(text, ids, addSpecialTokens: false),
            seed)
    {
    }

    internal TokenWindows(DocumentReader documents, WindowCutter cutter, Action<string, List<int>> encode, long? seed = null)
    {
        _documents = documents;
        _order = new DocumentOrder(documents, seed);
        _cutter = cutter;
        _encode = encode;
        Seed = seed;
    }

    /// <summary>Gets the text.</summary>
    public DocumentReader Documents => _documents;

    /// <summary>Gets the tokens of a full window, BOS included.</summary>
    public int Context => _cutter.Context;

    /// <summary>Gets the seed of the documents' order; null for the order of the files.</summary>
    public long? Seed { get; }

    /// <summary>Reads the windows of all documents.</summary>
    /// <param name="pass">0-based number of the pass: where documents are shuffled, each pass has its own order.</param>
    /// <returns>The windows, made as they are asked for.</returns>
    /// <exception cref="InputException">A file cannot be read, or there is not one document with a window.</exception>
    public IEnumerable<TokenWindow> Pass(int pass = 0)
    {
        List<int> tokens = [];
        bool any = false;
        foreach (Document document in _order.Pass(pass))
        {
            foreach (TokenWindow window in _cutter.Cut(document.Index, TokensOf(document, tokens)))
            {
                any |= window.CountedTokens > 0;
                yield return window;
            }
        }

        if (!any)
        {
            throw new DocumentException(
                DocumentError.NothingToRead, $"'{_documents.Files[0]}'{(_documents.Files.Count > 1 ? " and others" : string.Empty)}: expected text, found no document with at least 2 tokens");
        }
    }

    private ReadOnlyMemory<int> TokensOf(Document document, List<int> space)
    {
        if (document.Tokens is ReadOnlyMemory<int> given)
        {
            return _cutter.WithoutBos(given);
        }

        space.Clear();
        _encode(document.Text, space);
        return space.ToArray();
    }
}
