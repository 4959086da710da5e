using System.Text.Json;
using System.Text.Json.Serialization;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>Reads and writes <c>config.json</c>: keys in snake_case, an unknown key is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(RunConfiguration))]
internal sealed partial class RunConfigurationJson : JsonSerializerContext
{
    private static readonly JsonElement s_open = JsonElement.Parse("""{"format_version":1,"recipe":"default","width":0,"tokens":0}""");

    /// <summary>Gets the text of a configuration.</summary>
    /// <param name="configuration">The run's knobs.</param>
    /// <returns>Indented JSON with a final newline.</returns>
    public static string Write(RunConfiguration configuration) => JsonSerializer.Serialize(configuration, Default.RunConfiguration) + "\n";

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The run's knobs.</returns>
    /// <exception cref="InputException">The file cannot be read, or holds something else.</exception>
    public static RunConfiguration Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }
    }

    /// <summary>Reads a configuration.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="path">Where it comes from, for errors.</param>
    /// <returns>The run's knobs.</returns>
    /// <exception cref="InputException">The text holds something else.</exception>
    public static RunConfiguration Parse(string text, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(Completed(text), Default.RunConfiguration)
                ?? throw new InputException($"{path}: expected a JSON object with the knobs of a run, got null");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The serializer speaks of its own types: where it names a key, the key says enough. Half of a surrogate pair is an invalid operation to it.
            string where = (exception as JsonException)?.Path is { Length: > 2 } key ? $"a known key with a value of its kind, found something else at '{key[2..]}'" : "one JSON object, found something else";
            throw new InputException($"'{path}': expected the configuration of a run, {where}; take the config.json of a run folder", exception);
        }
    }

    /// <summary>Adds the keys without which no configuration is read and which a person may leave to the tool: the serializer does not know the defaults.</summary>
    private static byte[] Completed(string text)
    {
        using var document = JsonDocument.Parse(text);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                JsonOverlay.Write(writer, s_open, document.RootElement);
            }
            else
            {
                document.RootElement.WriteTo(writer);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Writes a configuration as one JSON object.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="configuration">The run's knobs.</param>
    public static void Write(Utf8JsonWriter writer, RunConfiguration configuration) => JsonSerializer.Serialize(writer, configuration, Default.RunConfiguration);

    /// <summary>Finds the first knob in which two configurations differ.</summary>
    /// <param name="expected">One.</param>
    /// <param name="found">The other.</param>
    /// <returns>Its key with both values as JSON; null where there is none.</returns>
    public static (string Key, string Expected, string Found)? FirstDifference(RunConfiguration expected, RunConfiguration found)
    {
        JsonElement first = JsonSerializer.SerializeToElement(expected, Default.RunConfiguration);
        JsonElement second = JsonSerializer.SerializeToElement(found, Default.RunConfiguration);
        foreach (JsonProperty property in first.EnumerateObject())
        {
            (string one, string other) = (property.Value.GetRawText(), second.GetProperty(property.Name).GetRawText());
            if (one != other)
            {
                return (property.Name, one, other);
            }
        }

        return null;
    }
}
