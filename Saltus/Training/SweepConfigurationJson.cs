using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>Reads and writes <c>sweep.json</c>: keys in snake_case, an unknown key is refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    WriteIndented = true)]
[JsonSerializable(typeof(SweepConfiguration))]
internal sealed partial class SweepConfigurationJson : JsonSerializerContext
{
    /// <summary>Gets the text of a declaration.</summary>
    /// <param name="configuration">The sweep.</param>
    /// <returns>Indented JSON with a final newline.</returns>
    public static string Write(SweepConfiguration configuration) => JsonSerializer.Serialize(configuration, Default.SweepConfiguration) + "\n";

    /// <summary>Reads a declaration.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The sweep.</returns>
    /// <exception cref="InputException">The file cannot be read, or holds something else.</exception>
    public static SweepConfiguration Read(string path)
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

    /// <summary>Reads a declaration.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="path">Where it comes from, for errors.</param>
    /// <returns>The sweep.</returns>
    /// <exception cref="InputException">The text holds something else.</exception>
    public static SweepConfiguration Parse(string text, string path)
    {
        try
        {
            SweepConfiguration read = JsonSerializer.Deserialize(text, Default.SweepConfiguration)
                ?? throw new InputException($"'{path}': expected a JSON object that declares a sweep, found null");
            SweepConfiguration defaults = new();

            // The serializer sets every key, to null where it is missing.
            return read with
            {
                FormatVersion = read.FormatVersion ?? defaults.FormatVersion,
                Methods = read.Methods ?? defaults.Methods,
                Widths = read.Widths ?? defaults.Widths,
                Seeds = read.Seeds ?? defaults.Seeds,
                Settings = read.Settings ?? defaults.Settings,
                MethodSettings = read.MethodSettings ?? defaults.MethodSettings,
            };
        }
        catch (JsonException exception)
        {
            string where = exception.Path is { Length: > 2 } key ? $"a known key with a value of its kind, found something else at '{key[2..]}'" : "one JSON object, found something else";
            throw new InputException($"'{path}': expected the declaration of a sweep, {where}; take the sweep.json of a sweep's folder", exception);
        }
    }

    /// <summary>Finds the first key in which two declarations differ.</summary>
    /// <param name="expected">One.</param>
    /// <param name="found">The other.</param>
    /// <returns>Its key with both values as JSON; null where there is none.</returns>
    public static (string Key, string Expected, string Found)? FirstDifference(SweepConfiguration expected, SweepConfiguration found)
    {
        JsonElement first = JsonSerializer.SerializeToElement(expected, Default.SweepConfiguration);
        JsonElement second = JsonSerializer.SerializeToElement(found, Default.SweepConfiguration);
        foreach (JsonProperty property in first.EnumerateObject())
        {
            JsonElement other = second.GetProperty(property.Name);
            if (!System.Text.Json.JsonElement.DeepEquals(property.Value, other))
            {
                return (property.Name, OneLine(property.Value), OneLine(other));
            }
        }

        return null;
    }

    private static string OneLine(JsonElement value)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
