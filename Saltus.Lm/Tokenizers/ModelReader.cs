using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the model of a tokenizer file: vocabulary, merges and their options.</summary>
internal static class ModelReader
{
    /// <summary>Ids above this are a broken file, not a large vocabulary.</summary>
    private const int MaxId = (1 << 24) - 1;

    public static TokenModel Read(JsonElement element, string file)
    {
        var fields = new JsonFields(element, file, "model");
        string type = fields.OptionalText("type") ?? TypeOfOlderFile(fields);
        TokenModel? result = type switch
        {
            "BPE" => ReadBpe(fields),
            "Unigram" => ReadUnigram(fields),
            "WordPiece" => new WordPieceModel(
                ReadVocabulary(fields),
                fields.RequiredText("unk_token"),
                fields.RequiredText("continuing_subword_prefix"),
                fields.RequiredCount("max_input_chars_per_word"),
                file),
            "WordLevel" => new WordLevelModel(ReadVocabulary(fields), fields.RequiredText("unk_token"), file),
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no model of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }

    // Before models named their type, their fields told them apart.
    private static string TypeOfOlderFile(JsonFields fields) => fields.Has("merges") ? "BPE"
        : fields.Has("unk_id") ? "Unigram"
        : fields.Has("max_input_chars_per_word") ? "WordPiece"
        : "WordLevel";

    private static UnigramModel ReadUnigram(JsonFields fields)
    {
        JsonElement list = fields.RequiredArray("vocab");
        int count = list.GetArrayLength();
        Dictionary<string, int> ids = new(count, StringComparer.Ordinal);
        string[] texts = new string[count];
        double[] scores = new double[count];
        int id = 0;
        foreach (JsonElement element in list.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != 2
                || element[1].ValueKind != JsonValueKind.Number || !element[1].TryGetDouble(out scores[id]))
            {
                fields.Fail(TokenizerError.BadVocabulary, "vocab", $"entry {id}: expected a piece and its score, found {JsonFields.Kind(element)}");
            }

            texts[id] = fields.Text(element[0], "vocab");
            ids[texts[id]] = id;
            id++;
        }

        int? unknown = fields.Has("unk_id") && fields.Optional("unk_id") is JsonElement value
            ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : -1
            : null;
        if (unknown is not null && (uint)unknown.Value >= (uint)count)
        {
            fields.Fail(TokenizerError.BadVocabulary, "unk_id", $"expected an id below {count}");
        }

        return new UnigramModel(new Vocabulary(ids, texts, count), scores, unknown, fields.Flag("byte_fallback", false), fields.File);
    }

    private static BpeModel ReadBpe(JsonFields fields)
    {
        if (fields.Optional("dropout") is JsonElement dropout
            && (dropout.ValueKind != JsonValueKind.Number || !dropout.TryGetDouble(out double rate) || rate != 0))
        {
            fields.Fail(TokenizerError.UnsupportedOption, "dropout", $"expected null, found {JsonFields.Kind(dropout)}: merges at random are not for reading text");
        }

        var options = new BpeOptions
        {
            UnknownToken = fields.OptionalText("unk_token"),
            ContinuingPrefix = fields.OptionalText("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = fields.OptionalText("end_of_word_suffix") ?? "",
            FuseUnknown = fields.Flag("fuse_unk", false),
            ByteFallback = fields.Flag("byte_fallback", false),
            IgnoreMerges = fields.Flag("ignore_merges", false),
        };
        Vocabulary vocabulary = ReadVocabulary(fields);
        return new BpeModel(vocabulary, ReadMerges(fields, vocabulary, options), options, fields.File);
    }

    private static Vocabulary ReadVocabulary(JsonFields fields)
    {
        JsonElement list = fields.Required("vocab");
        if (list.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(TokenizerError.WrongType, "vocab", $"expected an object of token: id, found {JsonFields.Kind(list)}");
        }

        int count = list.GetPropertyCount();
        Dictionary<string, int> ids = new(count, StringComparer.Ordinal);
        string?[] texts = new string?[count];
        foreach (JsonProperty property in list.EnumerateObject())
        {
            string text = property.Name;
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out int id) || id is < 0 or > MaxId)
            {
                fields.Fail(TokenizerError.BadVocabulary, "vocab", $"token '{text}': expected an id from 0 to {MaxId}, found {JsonFields.Kind(property.Value)}");
                break;
            }

            if (id >= texts.Length)
            {
                Array.Resize(ref texts, Math.Max(id + 1, Math.Min(texts.Length * 2, MaxId + 1)));
            }

            if (texts[id] is string other)
            {
                fields.Fail(TokenizerError.DuplicateToken, "vocab", $"tokens '{other}' and '{text}' share the id {id}");
            }

            if (!ids.TryAdd(text, id))
            {
                fields.Fail(TokenizerError.DuplicateToken, "vocab", $"token '{text}' stands there twice");
            }

            texts[id] = text;
        }

        int limit = texts.Length;
        while (limit > 0 && texts[limit - 1] is null)
        {
            limit--;
        }

        return new Vocabulary(ids, texts[..limit], ids.Count);
    }

    private static MergeTable ReadMerges(JsonFields fields, Vocabulary vocabulary, BpeOptions options)
    {
        JsonElement list = fields.RequiredArray("merges");
        int prefix = options.ContinuingPrefix.Length;
        var builder = new MergeBuilder(vocabulary, list.GetArrayLength(), prefix);
        foreach (JsonElement element in list.EnumerateArray())
        {
            string left;
            string right;
            if (element.ValueKind == JsonValueKind.String)
            {
                string line = fields.Text(element, "merges");
                if (line.StartsWith("#version", StringComparison.Ordinal))
                {
                    continue;
                }

                int space = line.IndexOf(' ', StringComparison.Ordinal);
                if (space < 0 || line.IndexOf(' ', space + 1) >= 0)
                {
                    fields.Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: expected two tokens with a space between, found '{line}'");
                }

                (left, right) = (line[..space], line[(space + 1)..]);
            }
            else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 2)
            {
                (left, right) = (fields.Text(element[0], "merges"), fields.Text(element[1], "merges"));
            }
            else
            {
                fields.Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: expected \"a b\" or [\"a\", \"b\"], found {JsonFields.Kind(element)}");
                return null!;
            }

            if (right.Length < prefix)
            {
                fields.Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: '{right}' is shorter than the continuing_subword_prefix");
            }

            if (builder.Add(left, right) is string missing)
            {
                fields.Fail(TokenizerError.BadMerge, "merges", $"merge {builder.Count}: token '{missing}' is not in the vocabulary");
            }
        }

        return builder.Table;
    }
}
