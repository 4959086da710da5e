using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Saltus.Formats;

/// <summary>
/// Typed reading of a JSON object, for configuration files. Every failure is one line that names file, key, expected and found.
/// A key whose value is null counts as missing; a repeated key is refused.
/// </summary>
public sealed partial class JsonFields
{
    /// <summary>Largest configuration file, in bytes, unless the caller says otherwise.</summary>
    public const int MaxFileBytes = 16 << 20;

    private const int MaxFoundLength = 40;
    private static readonly JsonDocumentOptions s_options = new() { AllowDuplicateProperties = false };
    private readonly JsonElement _element;
    private readonly string _prefix;

    private JsonFields(JsonElement element, string source, string prefix)
    {
        _element = element;
        Source = source;
        _prefix = prefix;
    }

    /// <summary>Gets the file (or other origin) that errors name.</summary>
    public string Source { get; }

    /// <summary>Gets the keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _element.EnumerateObject().Select(property => property.Name);

    /// <summary>Gets the object itself, for what this type does not offer.</summary>
    public JsonElement Element => _element;

    /// <summary>Reads a file that holds one JSON object.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="maxBytes">Largest size in bytes.</param>
    /// <returns>Its fields.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="JsonFieldException">The file is too large, or not one JSON object.</exception>
    public static JsonFields Read(string path, int maxBytes = MaxFileBytes)
    {
        byte[] content;
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.Length > maxBytes)
            {
                throw new JsonFieldException(JsonFieldError.TooLarge, $"'{path}': expected at most {maxBytes} bytes of JSON, found {stream.Length}");
            }

            content = new byte[stream.Length];
            stream.ReadExactly(content);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }

        return Parse(content, path);
    }

    /// <summary>Parses a JSON object.</summary>
    /// <param name="utf8">The text; a byte order mark is skipped.</param>
    /// <param name="source">The file or origin that errors name.</param>
    /// <returns>Its fields.</returns>
    /// <exception cref="JsonFieldException">The text is not one JSON object.</exception>
    public static JsonFields Parse(ReadOnlyMemory<byte> utf8, string source)
    {
        ReadOnlyMemory<byte> text = utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        if (!Utf8.IsValid(text.Span))
        {
            throw new JsonFieldException(JsonFieldError.NotJson, $"'{source}': expected JSON, found bytes that are not UTF-8");
        }

        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, s_options);
            root = document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a key with an escape that is half of a surrogate pair.
            string reason = exception.Message.ReplaceLineEndings(" ");
            throw new JsonFieldException(JsonFieldError.NotJson, $"'{source}': expected JSON: {reason}", exception);
        }

        return FromElement(root, source);
    }

    /// <summary>Parses a JSON object.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The file or origin that errors name.</param>
    /// <returns>Its fields.</returns>
    /// <exception cref="JsonFieldException">The text is not one JSON object.</exception>
    public static JsonFields Parse(string text, string source) => Parse(Encoding.UTF8.GetBytes(text), source);

    /// <summary>Wraps an element that must be an object.</summary>
    /// <param name="element">The element.</param>
    /// <param name="source">The file or origin that errors name.</param>
    /// <returns>Its fields.</returns>
    /// <exception cref="JsonFieldException">The element is not an object.</exception>
    public static JsonFields FromElement(JsonElement element, string source) => element.ValueKind == JsonValueKind.Object
        ? new JsonFields(element, source, string.Empty)
        : throw new JsonFieldException(JsonFieldError.NotObject, $"'{source}': expected a JSON object, found {Describe(element)}");

    /// <summary>Gets the same object with other values for some keys.</summary>
    /// <param name="overrides">An object whose keys take the place of this one's; null for none.</param>
    /// <returns>The merged fields; errors name the same source.</returns>
    /// <exception cref="JsonFieldException">A value is a text with an escape that is half of a surrogate pair, which cannot be written again.</exception>
    public JsonFields With(JsonElement? overrides)
    {
        if (overrides is not { ValueKind: JsonValueKind.Object } others)
        {
            return this;
        }

        ArrayBufferWriter<byte> merged = new();
        try
        {
            using Utf8JsonWriter writer = new(merged);
            writer.WriteStartObject();
            foreach (JsonProperty property in _element.EnumerateObject().Where(property => !others.TryGetProperty(property.Name, out _)).Concat(others.EnumerateObject()))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonFieldException(JsonFieldError.NotJson, $"'{Source}': expected texts of whole characters, found an escape that is half of a surrogate pair", exception);
        }

        return Parse(merged.WrittenMemory, Source);
    }

    /// <summary>Creates the error of a value that has the right type and cannot be used.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What was expected, and what to do.</param>
    /// <returns>The exception to throw.</returns>
    public JsonFieldException Invalid(string key, string expected) => Fail(JsonFieldError.InvalidValue, key, expected);

    private static string Describe(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return "an object";
            case JsonValueKind.Array:
                return $"a list of {element.GetArrayLength()}";
            case JsonValueKind.Undefined:
                return "nothing";
            default:
                string text = element.GetRawText().ReplaceLineEndings(" ");
                return text.Length <= MaxFoundLength ? text : string.Concat(text.AsSpan(0, MaxFoundLength), "…");
        }
    }

    private JsonFieldException Fail(JsonFieldError error, string key, string expected)
    {
        string found = _element.TryGetProperty(key, out JsonElement value) ? Describe(value) : "no such key";
        return new JsonFieldException(error, $"'{Source}': {_prefix}{key}: expected {expected}, found {found}");
    }
}
