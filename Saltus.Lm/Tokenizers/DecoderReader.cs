using System.Text;
using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the decoder of a tokenizer file.</summary>
internal static class DecoderReader
{
    public static TokenDecoder Read(JsonElement element, string file, string path)
    {
        var fields = new JsonFields(element, file, path);
        string type = fields.RequiredText("type");
        TokenDecoder? result = type switch
        {
            "Sequence" => new DecoderSequence(ComponentList.Read(fields, "decoders", Read)),
            "ByteLevel" => ReadByteLevel(fields),
            "ByteFallback" => new ByteFallbackDecoder(),
            "Fuse" => new FuseDecoder(),
            "Replace" => new ReplaceDecoder(PatternReader.Read(fields, "pattern"), fields.RequiredText("content")),
            "Strip" => new StripDecoder(Rune.GetRuneAt(fields.RequiredCharacter("content"), 0), fields.RequiredCount("start"), fields.RequiredCount("stop")),
            "Metaspace" => ReadMetaspace(fields),
            "WordPiece" => new WordPieceDecoder(fields.RequiredText("prefix"), fields.Flag("cleanup")),
            "BPEDecoder" => new SuffixDecoder(fields.RequiredText("suffix")),
            "CTC" => new CtcDecoder(fields.RequiredText("pad_token"), fields.RequiredText("word_delimiter_token"), fields.Flag("cleanup")),
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no decoder of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }

    private static MetaspaceDecoder ReadMetaspace(JsonFields fields)
    {
        string replacement = fields.RequiredCharacter("replacement");
        fields.Flag("split", true);
        return new MetaspaceDecoder(replacement, MetaspaceOptions.ReadScheme(fields) != PrependScheme.Never);
    }

    private static ByteLevelDecoder ReadByteLevel(JsonFields fields)
    {
        // The keys are those of the pre-tokenizer of the same name; a decoder heeds none of them.
        fields.Flag("add_prefix_space", true);
        fields.Flag("trim_offsets", true);
        fields.Flag("use_regex", true);
        return new ByteLevelDecoder();
    }
}
