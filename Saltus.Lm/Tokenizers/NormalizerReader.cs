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
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no normalizer of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }
}
