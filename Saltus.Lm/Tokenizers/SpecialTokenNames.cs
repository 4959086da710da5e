using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>What tokenizer_config.json beside a tokenizer names as its begin, end, padding and unknown token; null where it names none.</summary>
internal sealed record SpecialTokenNames(string? Begin, string? End, string? Padding, string? Unknown)
{
    /// <summary>A configuration that names nothing.</summary>
    public static readonly SpecialTokenNames None = new(null, null, null, null);

    /// <summary>Reads the tokenizer_config.json beside <paramref name="tokenizerFile"/>, if there is one. Its other keys are no matter of ours.</summary>
    public static SpecialTokenNames Beside(string tokenizerFile)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(tokenizerFile))!, "tokenizer_config.json");
        if (!File.Exists(file))
        {
            return None;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(TokenizerFile.Read(file));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                TokenizerFormatException.Throw(TokenizerError.WrongType, $"'{file}': expected an object, found {JsonFields.Kind(root)}");
            }

            return new SpecialTokenNames(Name(root, "bos_token"), Name(root, "eos_token"), Name(root, "pad_token"), Name(root, "unk_token"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new TokenizerFormatException(TokenizerError.MalformedJson, $"'{file}': expected JSON, found something else: {exception.Message}", exception);
        }
    }

    // A name is a string, or an added token written out with its content.
    private static string? Name(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out JsonElement content))
        {
            value = content;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
