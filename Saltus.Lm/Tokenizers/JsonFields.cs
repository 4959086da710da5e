using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The fields of one JSON object, each asked for once by name and type; <see cref="Done"/> refuses what nobody asked for, so that no key
/// of a file is silently without effect.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly string _path;

    public JsonFields(JsonElement element, string file, string path)
    {
        File = file;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(TokenizerError.WrongType, "", $"expected an object, found {Kind(element)}");
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = property.Name;
            if (!_fields.TryAdd(name, property.Value))
            {
                Fail(TokenizerError.UnknownKey, name, "the key stands there twice");
            }
        }
    }

    public string File { get; }

    /// <summary>The kind of a value in words.</summary>
    public static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The path of a field in the file, such as pre_tokenizer.pattern.</summary>
    public string PathOf(string name) => name.Length == 0 ? _path : _path.Length == 0 ? name : $"{_path}.{name}";

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(TokenizerError error, string name, string what) =>
        TokenizerFormatException.Throw(error, $"tokenizer '{File}': {PathOf(name)}: {what}");

    /// <summary>The value, or null where it is absent or JSON's null.</summary>
    public JsonElement? Optional(string name) =>
        _fields.Remove(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public JsonElement Required(string name)
    {
        if (Optional(name) is not JsonElement value)
        {
            Fail(TokenizerError.MissingField, name, "is missing");
            return default;
        }

        return value;
    }

    public string? OptionalText(string name) => Optional(name) is JsonElement value ? Text(value, name) : null;

    public string RequiredText(string name) => Text(Required(name), name);

    /// <summary>A string of exactly one code point.</summary>
    public string RequiredCharacter(string name)
    {
        string text = RequiredText(name);
        if (text.Length == 0 || text.Length != (char.IsHighSurrogate(text[0]) ? 2 : 1))
        {
            Fail(TokenizerError.WrongType, name, $"expected one character, found '{text}'");
        }

        return text;
    }

    public bool Flag(string name, bool? absent = null)
    {
        if (Optional(name) is not JsonElement value)
        {
            if (absent is null)
            {
                Fail(TokenizerError.MissingField, name, "is missing");
            }

            return absent.Value;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fail(TokenizerError.WrongType, name, $"expected true or false, found {Kind(value)}");
        }

        return value.GetBoolean();
    }

    public int RequiredCount(string name)
    {
        JsonElement value = Required(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int count) || count < 0)
        {
            Fail(TokenizerError.WrongType, name, $"expected a whole number of at least 0, found {Kind(value)}");
            return 0;
        }

        return count;
    }

    public JsonElement RequiredArray(string name)
    {
        JsonElement value = Required(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(TokenizerError.WrongType, name, $"expected an array, found {Kind(value)}");
        }

        return value;
    }

    public JsonFields RequiredObject(string name) => new(Required(name), File, PathOf(name));

    /// <summary>A string value; JSON may escape half of a surrogate pair, which is no text.</summary>
    public string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(TokenizerError.WrongType, name, $"expected a string, found {Kind(value)}");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            Fail(TokenizerError.MalformedJson, name, "the string is no valid Unicode text");
            throw;
        }
    }

    /// <summary>Refuses every field that was not asked for.</summary>
    public void Done()
    {
        foreach (string name in _fields.Keys.Order(StringComparer.Ordinal))
        {
            Fail(TokenizerError.UnknownKey, name, "unknown key; it may change the tokens, so the file is refused");
        }
    }
}
