using System.Collections.Frozen;
using Saltus.Formats;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Text to tokens and back, as a tokenizer.json describes it: added tokens are cut out, the rest is normalized, cut into pieces, each piece
/// encoded by the model, and a post-processor adds special tokens. The results are those of the <c>tokenizers</c> library, token for token.
/// Immutable; safe to use from several threads.
/// </summary>
public sealed partial class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly string?[] _texts;
    private readonly bool[] _skipped;
    private readonly AddedTokenMatcher? _rawMatcher;
    private readonly AddedTokenMatcher? _normalizedMatcher;
    private readonly IdPipeline? _idPipeline;

    private Tokenizer(TokenizerParts parts, SpecialTokenNames names, string file)
    {
        _parts = parts;
        Vocabulary vocabulary = parts.Model.Vocabulary;
        int limit = vocabulary.Limit;
        foreach (AddedToken token in parts.AddedTokens)
        {
            limit = Math.Max(limit, token.Id + 1);
            _addedIds.Add(token.Content, token.Id);
        }

        VocabularySize = limit;
        _texts = new string?[limit];
        for (int id = 0; id < limit; id++)
        {
            _texts[id] = vocabulary.Text(id);
        }

        List<(string, AddedToken)> raw = [];
        List<(string, AddedToken)> normalized = [];
        HashSet<string> skipped = new(StringComparer.Ordinal);
        foreach (AddedToken token in parts.AddedTokens)
        {
            // What is looked for in normalized text is itself normalized, and decoding starts from that form.
            string text = token.Normalized && parts.Normalizer is not null
                ? parts.Normalizer.Apply(AlignedText.From(token.Content)).ToString()
                : token.Content;
            _texts[token.Id] = text;
            if (token.Special)
            {
                skipped.Add(token.Content);
            }

            if (text.Length > 0)
            {
                (token.Normalized ? normalized : raw).Add((text, token));
            }
        }

        _skipped = Array.ConvertAll(_texts, text => text is not null && skipped.Contains(text));
        _rawMatcher = raw.Count > 0 ? new AddedTokenMatcher(raw) : null;
        _normalizedMatcher = normalized.Count > 0 ? new AddedTokenMatcher(normalized) : null;
        _idPipeline = IdPipeline.Create(parts);

        IReadOnlyList<int> before = parts.PostProcessor?.Before ?? [];
        IReadOnlyList<int> behind = parts.PostProcessor?.Behind ?? [];
        foreach (int id in before.Concat(behind))
        {
            if (id >= limit)
            {
                TokenizerFormatException.Throw(
                    TokenizerError.BadTemplate, $"tokenizer '{file}': post_processor: token id {id} is not among the {limit} ids of the vocabulary");
            }
        }

        BosId = before.Count > 0 ? before[0] : null;
        NamedBosId = IdOf(names.Begin);
        EosId = IdOf(names.End);
        PadId = IdOf(names.Padding);
        int?[] named = [NamedBosId, EosId, PadId, IdOf(names.Unknown)];
        SpecialIds = parts.AddedTokens.Where(token => token.Special).Select(token => token.Id)
            .Concat(before).Concat(behind)
            .Concat(named.OfType<int>())
            .ToFrozenSet();
    }

    /// <summary>
    /// Gets the special token that encoding puts in front of a text — what the post-processor adds first — or null. This is the BOS in front
    /// of each window of a document.
    /// </summary>
    public int? BosId { get; }

    /// <summary>Gets the token that tokenizer_config.json calls bos_token, whether encoding adds it or not, or null.</summary>
    public int? NamedBosId { get; }

    /// <summary>Gets the token that tokenizer_config.json calls eos_token, or null.</summary>
    public int? EosId { get; }

    /// <summary>Gets the token that tokenizer_config.json calls pad_token, or null.</summary>
    public int? PadId { get; }

    /// <summary>
    /// Gets the ids that stand for no text of a document: added tokens marked special, what the post-processor adds, and what
    /// tokenizer_config.json names as begin, end, padding and unknown token.
    /// </summary>
    public IReadOnlySet<int> SpecialIds { get; }

    /// <summary>Gets one above the largest token id, added tokens included: the rows that a model's embedding must at least have.</summary>
    public int VocabularySize { get; }

    /// <summary>Gets the added tokens, in the file's order.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _parts.AddedTokens;

    /// <summary>Reads a tokenizer from a tokenizer.json, packed by gzip or not, from the folder that holds one, or from a model's .gguf file (or the tokenizer.json beside it).</summary>
    /// <param name="path">The file or the folder. A tokenizer_config.json beside a tokenizer.json names special tokens.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="InputException">There is no such file, or it cannot be followed exactly.</exception>
    public static Tokenizer Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (GgufFile.IsNamedSo(path) && !Directory.Exists(path))
        {
            string beside = Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, "tokenizer.json");
            using GgufFile gguf = GgufFile.Open(path);
            try
            {
                (TokenizerParts parts, SpecialTokenNames names) = GgufTokenizer.Read(gguf.Metadata);
                return new Tokenizer(parts, names, path);
            }
            catch (TokenizerFormatException) when (File.Exists(beside))
            {
                // The message would ask for this very file.
                path = beside;
            }
        }

        string file = TokenizerFile.Find(path);
        return new Tokenizer(TokenizerReader.Read(TokenizerFile.Read(file), file), SpecialTokenNames.Beside(file), file);
    }

    /// <summary>Reads a tokenizer from the bytes of a tokenizer.json.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="name">What to call the source in messages.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="TokenizerFormatException">The file cannot be followed exactly.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new Tokenizer(TokenizerReader.Read(json, name), SpecialTokenNames.None, name);
    }

    /// <summary>The id of a token, by its exact text.</summary>
    /// <param name="token">The token as the vocabulary writes it; null has no id.</param>
    /// <returns>The id, or null.</returns>
    public int? IdOf(string? token)
    {
        if (token is null)
        {
            return null;
        }

        int id = _addedIds.TryGetValue(token, out int added) ? added : _parts.Model.Vocabulary.Find(token);
        return id >= 0 ? id : null;
    }

    /// <summary>Whether an id stands for no text of a document; see <see cref="SpecialIds"/>.</summary>
    /// <param name="id">A token id.</param>
    /// <returns>Whether it is special.</returns>
    public bool IsSpecial(int id) => SpecialIds.Contains(id);
}
