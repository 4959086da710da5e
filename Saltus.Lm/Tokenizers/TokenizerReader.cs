using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the JSON of a tokenizer file into its parts.</summary>
internal static class TokenizerReader
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 64 };

    public static TokenizerParts Read(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, s_options);
            return Read(document.RootElement, file);
        }
        catch (JsonException exception)
        {
            string where = exception.LineNumber is long line ? $" at line {line + 1}, byte {exception.BytePositionInLine + 1}" : "";
            throw new TokenizerFormatException(
                TokenizerError.MalformedJson, $"tokenizer '{file}': expected JSON, found something else{where}: the file is cut off or damaged", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader's word for a string that escapes half of a surrogate pair or is no UTF-8.
            throw new TokenizerFormatException(TokenizerError.MalformedJson, $"tokenizer '{file}': a string in it is no valid Unicode text", exception);
        }
    }

    private static TokenizerParts Read(JsonElement root, string file)
    {
        var fields = new JsonFields(root, file, "");
        if (fields.OptionalText("version") is string version && version != "1.0")
        {
            fields.Fail(TokenizerError.UnsupportedOption, "version", $"expected 1.0, found '{version}'");
        }

        // Cutting and padding are for training batches; whoever reads text wants all of it and nothing else.
        fields.Optional("truncation");
        fields.Optional("padding");
        TokenModel model = ModelReader.Read(fields.Required("model"), file);
        Normalizer? normalizer = fields.Optional("normalizer") is JsonElement a ? NormalizerReader.Read(a, file, "normalizer") : null;
        PreTokenizer? preTokenizer = fields.Optional("pre_tokenizer") is JsonElement b ? PreTokenizerReader.Read(b, file, "pre_tokenizer") : null;
        PostProcessor? postProcessor = fields.Optional("post_processor") is JsonElement c ? PostProcessorReader.Read(c, file, "post_processor") : null;
        TokenDecoder? decoder = fields.Optional("decoder") is JsonElement d ? DecoderReader.Read(d, file, "decoder") : null;
        List<AddedToken> addedTokens = fields.Optional("added_tokens") is JsonElement list ? ReadAddedTokens(fields, list, model.Vocabulary) : [];
        fields.Done();
        return new TokenizerParts(model, addedTokens, normalizer, preTokenizer, postProcessor, decoder);
    }

    private static List<AddedToken> ReadAddedTokens(JsonFields owner, JsonElement list, Vocabulary vocabulary)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            owner.Fail(TokenizerError.WrongType, "added_tokens", $"expected an array, found {JsonFields.Kind(list)}");
        }

        List<AddedToken> tokens = [];
        HashSet<string> contents = new(StringComparer.Ordinal);
        int next = vocabulary.Count;
        foreach (JsonElement element in list.EnumerateArray())
        {
            var fields = new JsonFields(element, owner.File, $"added_tokens[{tokens.Count}]");
            var token = new AddedToken(
                fields.RequiredCount("id"),
                fields.RequiredText("content"),
                fields.Flag("single_word"),
                fields.Flag("lstrip"),
                fields.Flag("rstrip"),
                fields.Flag("normalized"),
                fields.Flag("special"));
            fields.Done();
            if (token.Content.Length == 0)
            {
                fields.Fail(TokenizerError.BadAddedToken, "content", "is empty");
            }

            if (!contents.Add(token.Content))
            {
                fields.Fail(TokenizerError.DuplicateToken, "content", $"'{token.Content}' is added twice");
            }

            // The library numbers what the vocabulary lacks from its end on, whatever the file says: the two must agree.
            int known = vocabulary.Find(token.Content);
            int expected = known >= 0 ? known : next++;
            if (token.Id != expected)
            {
                string why = known >= 0 ? "the vocabulary's id of" : "the next free id, for";
                fields.Fail(TokenizerError.BadAddedToken, "id", $"expected {expected}, {why} '{token.Content}', found {token.Id}");
            }

            tokens.Add(token);
        }

        return tokens;
    }
}
