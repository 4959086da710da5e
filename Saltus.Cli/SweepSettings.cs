using System.Text.Json;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Puts options of the command line into the settings of a declaration.</summary>
internal static class SweepSettings
{
    /// <summary>Sets the knobs that were given.</summary>
    /// <param name="sweep">The declaration.</param>
    /// <param name="batch">Vectors a step; null for what is there.</param>
    /// <param name="recipe">The recipe; null for what is there.</param>
    /// <returns>The declaration with them.</returns>
    public static SweepConfiguration With(SweepConfiguration sweep, int? batch, string? recipe)
    {
        Dictionary<string, JsonElement> settings = new(sweep.Settings, StringComparer.Ordinal);
        if (batch is int vectors)
        {
            settings["batch"] = Element(writer => writer.WriteNumberValue(vectors));
        }

        if (recipe is not null)
        {
            settings["recipe"] = Element(writer => writer.WriteStringValue(recipe));
        }

        return sweep with { Settings = settings };
    }

    private static JsonElement Element(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            write(writer);
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }
}
