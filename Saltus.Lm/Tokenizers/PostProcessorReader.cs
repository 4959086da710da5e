using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the post-processor of a tokenizer file.</summary>
internal static class PostProcessorReader
{
    public static PostProcessor Read(JsonElement element, string file, string path)
    {
        var fields = new JsonFields(element, file, path);
        string type = fields.RequiredText("type");
        PostProcessor? result = type switch
        {
            "Sequence" => new PostProcessorSequence(ComponentList.Read(fields, "processors", Read)),
            "ByteLevel" => ReadByteLevel(fields),
            "TemplateProcessing" => ReadTemplate(fields),
            "BertProcessing" => new FrameProcessor(ReadToken(fields, "cls"), ReadToken(fields, "sep"), null),
            "RobertaProcessing" => ReadRoberta(fields),
            _ => null,
        };
        if (result is null)
        {
            fields.Fail(TokenizerError.UnknownComponent, "type", $"no post-processor of the name '{type}' is known");
        }

        fields.Done();
        return result;
    }

    private static PostProcessor ReadByteLevel(JsonFields fields)
    {
        bool addPrefixSpace = fields.Flag("add_prefix_space");
        fields.Flag("use_regex", true);
        return fields.Flag("trim_offsets", true) ? new OffsetTrimmer(addPrefixSpace) : new PostProcessorSequence([]);
    }

    private static FrameProcessor ReadRoberta(JsonFields fields)
    {
        bool addPrefixSpace = fields.Flag("add_prefix_space");
        OffsetTrimmer? trimmer = fields.Flag("trim_offsets") ? new OffsetTrimmer(addPrefixSpace) : null;
        return new FrameProcessor(ReadToken(fields, "cls"), ReadToken(fields, "sep"), trimmer);
    }

    private static (int Id, string Token) ReadToken(JsonFields fields, string name)
    {
        JsonElement[] pair = [.. fields.RequiredArray(name).EnumerateArray()];
        if (pair.Length != 2 || pair[1].ValueKind != JsonValueKind.Number || !pair[1].TryGetInt32(out int id) || id < 0)
        {
            fields.Fail(TokenizerError.WrongType, name, "expected a token's text and id, such as [\"</s>\", 2]");
            return default;
        }

        return (id, fields.Text(pair[0], name));
    }

    private static TemplateProcessor ReadTemplate(JsonFields fields)
    {
        Dictionary<string, TemplatePiece> special = new(StringComparer.Ordinal);
        JsonElement list = fields.Required("special_tokens");
        if (list.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(TokenizerError.WrongType, "special_tokens", $"expected an object, found {JsonFields.Kind(list)}");
        }

        foreach (JsonProperty property in list.EnumerateObject())
        {
            var token = new JsonFields(property.Value, fields.File, fields.PathOf($"special_tokens.{property.Name}"));
            token.RequiredText("id");
            List<int> ids = ComponentList.Read(token, "ids", (value, _, _) => ReadId(token, value));
            List<string> texts = ComponentList.Read(token, "tokens", (value, _, _) => token.Text(value, "tokens"));
            token.Done();
            if (ids.Count != texts.Count)
            {
                token.Fail(TokenizerError.BadTemplate, "ids", $"{ids.Count} ids stand beside {texts.Count} tokens");
            }

            special[property.Name] = new TemplatePiece(false, ids, texts);
        }

        // The template for pairs must be sound, though Saltus encodes single texts only.
        ReadPieces(fields, "pair", special);
        List<TemplatePiece> single = ReadPieces(fields, "single", special);
        return new TemplateProcessor(single);
    }

    private static List<TemplatePiece> ReadPieces(JsonFields fields, string name, Dictionary<string, TemplatePiece> special)
    {
        List<TemplatePiece> pieces = [];
        foreach (JsonElement element in fields.RequiredArray(name).EnumerateArray())
        {
            var piece = new JsonFields(element, fields.File, $"{fields.PathOf(name)}[{pieces.Count}]");
            bool isSequence = piece.Has("Sequence");
            JsonFields inner = piece.RequiredObject(isSequence ? "Sequence" : "SpecialToken");
            string id = inner.RequiredText("id");
            inner.RequiredCount("type_id");
            inner.Done();
            piece.Done();
            if (isSequence && id is not ("A" or "B"))
            {
                inner.Fail(TokenizerError.BadTemplate, "id", $"expected A or B, found '{id}'");
            }

            if (isSequence && id == "B" && name == "single")
            {
                inner.Fail(TokenizerError.BadTemplate, "id", "the template of a single text names the second of two texts");
            }

            TemplatePiece? found = new(true, [], []);
            if (!isSequence && !special.TryGetValue(id, out found))
            {
                inner.Fail(TokenizerError.BadTemplate, "id", $"'{id}' is not among special_tokens");
            }

            pieces.Add(found);
        }

        return pieces;
    }

    private static int ReadId(JsonFields fields, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0)
        {
            fields.Fail(TokenizerError.WrongType, "ids", $"expected token ids, found {JsonFields.Kind(value)}");
            return 0;
        }

        return id;
    }
}
