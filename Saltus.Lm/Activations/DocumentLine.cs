using System.Text.Json;

namespace Saltus.Lm.Activations;

/// <summary>One line of a <c>.jsonl</c> file as a document.</summary>
internal static class DocumentLine
{
    /// <summary>Parses a line. Labels (source, title) that are not strings are left out; other fields are not looked at.</summary>
    public static Document Parse(ReadOnlySpan<byte> line, string column, int index, string file, long lineNumber)
    {
        string where = $"'{file}' line {lineNumber}";
        string? text = null;
        string? source = null;
        string? title = null;
        string found = "no such field";
        try
        {
            Utf8JsonReader reader = new(line);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new DocumentException(DocumentError.NotJson, $"{where}: expected a JSON object, found {Describe(reader.TokenType)}");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals(column))
                {
                    (string? value, found) = (String(ref reader), Describe(reader.TokenType));
                    text = text is null ? value : throw new DocumentException(DocumentError.NotJson, $"{where}: field '{column}': expected it once, found it twice");
                }
                else if (reader.ValueTextEquals("source"u8))
                {
                    source = String(ref reader);
                }
                else if (reader.ValueTextEquals("title"u8))
                {
                    title = String(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            // Anything after the object is an error that the reader finds.
            reader.Read();
        }
        catch (JsonException exception)
        {
            throw new DocumentException(DocumentError.NotJson, $"{where}: expected one JSON object, found no JSON at byte {exception.BytePositionInLine}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new DocumentException(DocumentError.NotUtf8, $"{where}: expected UTF-8 text, found bytes or escapes that are not characters", exception);
        }

        return text is null
            ? throw new DocumentException(DocumentError.NoText, $"{where}: field '{column}': expected a string, found {found}")
            : new Document(index, text, source, title);
    }

    private static string? String(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject or JsonTokenType.EndObject => "an object",
        JsonTokenType.StartArray or JsonTokenType.EndArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
