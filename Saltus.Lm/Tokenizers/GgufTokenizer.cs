using Saltus.Formats;

namespace Saltus.Lm.Tokenizers;

/// <summary>Builds a tokenizer from the metadata of a GGUF file: byte-level BPE ("gpt2") and SentencePiece's BPE ("llama").</summary>
internal sealed class GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";
    private const string Mark = "\u2581";
    private const int MostTokens = 1 << 24;

    private readonly GgufMetadata _metadata;
    private readonly string[] _tokens;
    private readonly GgufTokenType[] _types;
    private readonly Vocabulary _vocabulary;

    private GgufTokenizer(GgufMetadata metadata)
    {
        _metadata = metadata;
        _tokens = metadata.Require(Prefix + "tokens", metadata.FindTexts(Prefix + "tokens"));
        if (_tokens.Length is 0 or > MostTokens)
        {
            Fail(TokenizerError.BadVocabulary, "tokens", $"expected from 1 to {MostTokens} tokens, found {_tokens.Length}");
        }

        _types = ReadTypes();
        _vocabulary = ReadVocabulary();
    }

    /// <summary>The parts of a file's tokenizer, and what its special tokens are called.</summary>
    /// <exception cref="InputException">The file has no tokenizer, or one that cannot be followed exactly.</exception>
    public static (TokenizerParts Parts, SpecialTokenNames Names) Read(GgufMetadata metadata)
    {
        string model = metadata.Require(Prefix + "model", metadata.FindText(Prefix + "model"));
        var reading = new GgufTokenizer(metadata);
        TokenizerParts parts = model switch
        {
            "gpt2" => reading.ByteLevel(),
            "llama" => reading.SentencePiece(),
            _ => throw reading.Failure(TokenizerError.UnknownComponent, "model", $"expected gpt2 or llama, found '{model}'; put the model's tokenizer.json beside the file"),
        };
        return (parts, new SpecialTokenNames(
            reading.NamedToken("bos_token_id"), reading.NamedToken("eos_token_id"), reading.NamedToken("padding_token_id"), reading.NamedToken("unknown_token_id")));
    }

    private TokenizerParts ByteLevel()
    {
        GgufPreTokenizer pre = GgufPreTokenizer.Get(_metadata.FindText(Prefix + "pre"), _metadata.Source);
        string[] merges = _metadata.Require(Prefix + "merges", _metadata.FindTexts(Prefix + "merges"));
        var builder = new MergeBuilder(_vocabulary, merges.Length);
        foreach (string merge in merges)
        {
            // A token of the byte alphabet has no space in it.
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || merge.IndexOf(' ', space + 1) >= 0)
            {
                Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: expected two tokens with a space between, found '{merge}'");
            }

            if (builder.Add(merge.AsSpan(0, space), merge.AsSpan(space + 1)) is string missing)
            {
                Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: token '{missing}' is not in the vocabulary");
            }
        }

        var options = new BpeOptions { IgnoreMerges = pre.IgnoresMerges };
        return new TokenizerParts(
            new BpeModel(_vocabulary, builder.Table, options, _metadata.Source), AddedTokens(), pre.Normalizer, pre.ToPreTokenizer(), Frame(pre.AddsBos), new ByteLevelDecoder());
    }

    private TokenizerParts SentencePiece()
    {
        foreach (string key in (string[])["precompiled_charsmap", "remove_extra_whitespaces"])
        {
            if (_metadata.Find(Prefix + key) is not (null or false))
            {
                Fail(TokenizerError.UnsupportedOption, key, "expected none: texts would have to be changed in a way that is not known; put the model's tokenizer.json beside the file");
            }
        }

        bool prefix = _metadata.FindFlag(Prefix + "add_space_prefix") ?? true;
        var replace = new ReplaceNormalizer(new LiteralPattern(" "), Mark);
        Normalizer normalizer = prefix ? new NormalizerSequence([new PrependNormalizer(Mark), replace]) : replace;
        int unknown = Array.IndexOf(_types, GgufTokenType.Unknown);
        var options = new BpeOptions { UnknownToken = unknown < 0 ? null : _tokens[unknown], FuseUnknown = true, ByteFallback = true };
        List<TokenDecoder> decoders = [new ReplaceDecoder(new LiteralPattern(Mark), " "), new ByteFallbackDecoder(), new FuseDecoder()];
        if (prefix)
        {
            decoders.Add(new StripDecoder(new System.Text.Rune(' '), 1, 0));
        }

        return new TokenizerParts(
            new BpeModel(_vocabulary, MergesByScore(), options, _metadata.Source), AddedTokens(), normalizer, null, Frame(true), new DecoderSequence(decoders));
    }

    // SentencePiece joins the two neighbours whose union has the best score: every way to cut a piece into two is a merge, the best pieces first.
    private MergeTable MergesByScore()
    {
        float[] scores = _metadata.Require(Prefix + "scores", _metadata.FindFloats(Prefix + "scores"));
        if (scores.Length != _tokens.Length)
        {
            Fail(TokenizerError.BadVocabulary, "scores", $"expected {_tokens.Length} scores, one a token, found {scores.Length}");
        }

        List<(int Id, int Cut, int Left, int Right)> merges = [];
        List<(int Id, int Cut, int Left, int Right)> ofPiece = [];
        for (int id = 0; id < _tokens.Length; id++)
        {
            if (float.IsNaN(scores[id]))
            {
                Fail(TokenizerError.BadVocabulary, "scores", $"expected a number for token {id}, found NaN");
            }

            if (_types[id] is not (GgufTokenType.Normal or GgufTokenType.UserDefined))
            {
                continue;
            }

            ofPiece.Clear();
            ReadOnlySpan<char> token = _tokens[id];
            for (int cut = 1; cut < token.Length; cut++)
            {
                (int left, int right) = (_vocabulary.Find(token[..cut]), _vocabulary.Find(token[cut..]));
                if (left >= 0 && right >= 0)
                {
                    ofPiece.Add((id, cut, left, right));
                }
            }

            merges.AddRange(ofPiece.OrderBy(merge => merge.Left).ThenBy(merge => merge.Right));
        }

        var table = new MergeTable(merges.Count);
        int rank = 0;
        foreach ((int id, _, int left, int right) in merges
            .OrderByDescending(merge => scores[merge.Id])
            .ThenByDescending(merge => merge.Cut)
            .ThenByDescending(merge => _tokens[merge.Id].Length - merge.Cut))
        {
            table.Set(left, right, rank++, id);
        }

        return table;
    }

    private GgufTokenType[] ReadTypes()
    {
        int[]? numbers = _metadata.FindIntegers(Prefix + "token_type");
        if (numbers is null)
        {
            return [.. Enumerable.Repeat(GgufTokenType.Normal, _tokens.Length)];
        }

        if (numbers.Length != _tokens.Length)
        {
            Fail(TokenizerError.BadVocabulary, "token_type", $"expected {_tokens.Length} types, one a token, found {numbers.Length}");
        }

        int stranger = Array.FindIndex(numbers, number => !Enum.IsDefined((GgufTokenType)number));
        if (stranger >= 0)
        {
            Fail(TokenizerError.BadVocabulary, "token_type", $"expected a type from 1 to 6 for token {stranger}, found {numbers[stranger]}");
        }

        return Array.ConvertAll(numbers, number => (GgufTokenType)number);
    }

    private Vocabulary ReadVocabulary()
    {
        Dictionary<string, int> ids = new(_tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < _tokens.Length; id++)
        {
            // Unused ones keep their ids and are never made.
            if (_types[id] != GgufTokenType.Unused && !ids.TryAdd(_tokens[id], id))
            {
                Fail(TokenizerError.DuplicateToken, "tokens", $"token '{_tokens[id]}' stands there twice");
            }
        }

        return new Vocabulary(ids, _tokens, ids.Count);
    }

    private List<AddedToken> AddedTokens()
    {
        List<AddedToken> added = [];
        for (int id = 0; id < _tokens.Length; id++)
        {
            bool special = _types[id] is GgufTokenType.Control or GgufTokenType.Unknown;
            if ((special || _types[id] == GgufTokenType.UserDefined) && _tokens[id].Length > 0)
            {
                added.Add(new AddedToken(id, _tokens[id], false, false, false, false, special));
            }
        }

        return added;
    }

    private TemplateProcessor? Frame(bool bosWhereAbsent)
    {
        bool before = _metadata.FindFlag(Prefix + "add_bos_token") ?? bosWhereAbsent;
        bool behind = _metadata.FindFlag(Prefix + "add_eos_token") ?? false;
        List<TemplatePiece> pieces = [];
        if (before)
        {
            pieces.Add(Special("bos_token_id"));
        }

        pieces.Add(new TemplatePiece(true, [], []));
        if (behind)
        {
            pieces.Add(Special("eos_token_id"));
        }

        return before || behind ? new TemplateProcessor(pieces) : null;
    }

    private TemplatePiece Special(string key)
    {
        int id = (int)_metadata.Require(Prefix + key, TokenId(key));
        return new TemplatePiece(false, [id], [_tokens[id]]);
    }

    private string? NamedToken(string key) => TokenId(key) is long id ? _tokens[id] : null;

    private long? TokenId(string key)
    {
        long? id = _metadata.FindInteger(Prefix + key);
        return id is null or >= 0 && (id is null || id < _tokens.Length)
            ? id
            : throw Failure(TokenizerError.BadVocabulary, key, $"expected an id below {_tokens.Length}, found {id}");
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private void Fail(TokenizerError error, string key, string what) => throw Failure(error, key, what);

    private TokenizerFormatException Failure(TokenizerError error, string key, string what) => new(error, $"'{_metadata.Source}': key '{Prefix}{key}': {what}");
}
