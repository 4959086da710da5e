using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the pre-tokenizer of a tokenizer file.</summary>
internal static class PreTokenizerReader
{
    public static PreTokenizer Read(JsonElement element, string file, string path)
    {
        var fields = new JsonFields(element, file, path);
        string type = fields.RequiredText("type");
        PreTokenizer? result = type switch
        {
            "Sequence" => new PreTokenizerSequence(ComponentList.Read(fields, "pretokenizers", Read)),
            "ByteLevel" => ReadByteLevel(fields),
            "Digits" => Isolated(new ScannerPattern(new DigitScanner(fields.Flag("individual_digits")))),
            "Split" => new SplitPreTokenizer(PatternReader.Read(fields, "pattern"), ReadBehavior(fields, null), fields.Flag("invert")),
            "Metaspace" => ReadMetaspace(fields),
            "Whitespace" => new SplitPreTokenizer(new WordPattern(), SplitBehavior.Removed, true),
            "WhitespaceSplit" => Whitespace(),
            "Punctuation" => Punctuation(ReadBehavior(fields, SplitBehavior.Isolated)),
            "BertPreTokenizer" => new PreTokenizerSequence([Whitespace(), Punctuation(SplitBehavior.Isolated)]),
            "CharDelimiterSplit" => new SplitPreTokenizer(new LiteralPattern(fields.RequiredCharacter("delimiter")), SplitBehavior.Removed, false),
            "FixedLength" => ReadFixedLength(fields),
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no pre-tokenizer of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }

    private static SplitPreTokenizer Whitespace() => new(new ClassPattern(CodePointClass.Space), SplitBehavior.Removed, false);

    private static SplitPreTokenizer Punctuation(SplitBehavior behavior) => new(new PunctuationPattern(), behavior, false);

    private static SplitPreTokenizer Isolated(TextPattern pattern) => new(pattern, SplitBehavior.Isolated, false);

    private static ByteLevelPreTokenizer ReadByteLevel(JsonFields fields)
    {
        bool addPrefixSpace = fields.Flag("add_prefix_space");

        // Offsets are trimmed by the post-processor alone; here the key has no effect.
        fields.Flag("trim_offsets", true);
        return new ByteLevelPreTokenizer(addPrefixSpace, fields.Flag("use_regex", true) ? new Gpt2Scanner() : null);
    }

    private static MetaspacePreTokenizer ReadMetaspace(JsonFields fields)
    {
        string replacement = fields.RequiredCharacter("replacement");
        PrependScheme scheme = MetaspaceOptions.ReadScheme(fields);
        return new MetaspacePreTokenizer(replacement, scheme, fields.Flag("split", true));
    }

    private static SplitPreTokenizer ReadFixedLength(JsonFields fields)
    {
        int length = fields.Has("length") ? fields.RequiredCount("length") : 5;
        if (length == 0)
        {
            fields.Fail(TokenizerError.UnsupportedOption, "length", "expected at least 1, found 0");
        }

        return Isolated(new ScannerPattern(new FixedLengthScanner(length)));
    }

    private static SplitBehavior ReadBehavior(JsonFields fields, SplitBehavior? absent)
    {
        string? text = absent is null ? fields.RequiredText("behavior") : fields.OptionalText("behavior");
        switch (text)
        {
            case null: return absent!.Value;
            case "Removed": return SplitBehavior.Removed;
            case "Isolated": return SplitBehavior.Isolated;
            case "MergedWithPrevious": return SplitBehavior.MergedWithPrevious;
            case "MergedWithNext": return SplitBehavior.MergedWithNext;
            case "Contiguous": return SplitBehavior.Contiguous;
            default:
                fields.Fail(
                    TokenizerError.UnsupportedOption,
                    "behavior",
                    $"expected Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous, found '{text}'");
                return default;
        }
    }
}
