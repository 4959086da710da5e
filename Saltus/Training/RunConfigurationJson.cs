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
            return JsonSerializer.Deserialize(File.ReadAllText(path), Default.RunConfiguration)
                ?? throw new InputException($"{path}: expected a JSON object with the knobs of a run, got null");
        }
        catch (JsonException exception)
        {
            // The serializer speaks of its own types: where it names a key, the key says enough.
            string where = exception.Path is { Length: > 2 } key ? $"a known key with a value of its kind, found something else at '{key[2..]}'" : "one JSON object, found something else";
            throw new InputException($"'{path}': expected the configuration of a run, {where}; take the config.json of a run folder", exception);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }
    }
}
