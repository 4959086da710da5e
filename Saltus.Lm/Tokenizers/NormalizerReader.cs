using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the normalizer of a tokenizer file.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonElement element, string file, string path)
    {
        var fields = new JsonFields(element, file, path);
        string type = fields.RequiredText("type");
        Normalizer? result = type switch
        {
            "Sequence" => new NormalizerSequence(ComponentList.Read(fields, "normalizers", Read)),
            "Prepend" => new PrependNormalizer(fields.RequiredText("prepend")),
            "Replace" => new ReplaceNormalizer(PatternReader.Read(fields, "pattern"), fields.RequiredText("content")),
            "Strip" => new StripNormalizer(fields.Flag("strip_left"), fields.Flag("strip_right")),
            "Lowercase" => new LowercaseNormalizer(),
            "ByteLevel" => new ByteLevelNormalizer(),
            "NFC" => new UnicodeNormalizer(new NormalizationForm(false, true)),
            "NFD" => new UnicodeNormalizer(new NormalizationForm(false, false)),
            "NFKC" => new UnicodeNormalizer(new NormalizationForm(true, true)),
            "NFKD" => new UnicodeNormalizer(new NormalizationForm(true, false)),
            "Nmt" => new NmtNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "BertNormalizer" => ReadBert(fields),
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no normalizer of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }

    private static BertNormalizer ReadBert(JsonFields fields)
    {
        bool lowercase = fields.Flag("lowercase");
        return new BertNormalizer(fields.Flag("clean_text"), fields.Flag("handle_chinese_chars"), fields.Flag("strip_accents", lowercase), lowercase);
    }
}
