using System.Text.Json;

namespace Saltus.Formats;

/// <summary>Writes an object over an older one: keys of both get the new value, all others stay; objects within are treated alike.</summary>
internal static class JsonOverlay
{
    /// <summary>Writes the value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="old">The older object.</param>
    /// <param name="fresh">The new one.</param>
    public static void Write(Utf8JsonWriter writer, JsonElement old, JsonElement fresh)
    {
        writer.WriteStartObject();
        foreach (JsonProperty property in old.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            if (!fresh.TryGetProperty(property.Name, out JsonElement value))
            {
                property.Value.WriteTo(writer);
            }
            else if (value.ValueKind == JsonValueKind.Object && property.Value.ValueKind == JsonValueKind.Object)
            {
                Write(writer, property.Value, value);
            }
            else
            {
                value.WriteTo(writer);
            }
        }

        foreach (JsonProperty property in fresh.EnumerateObject().Where(property => !old.TryGetProperty(property.Name, out _)))
        {
            property.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes a file: the new object over the older one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="old">The older object; null for none.</param>
    /// <param name="write">Writes the new one.</param>
    public static void WriteFile(string path, JsonFields? old, Action<Utf8JsonWriter> write)
    {
        if (old is null)
        {
            AtomicFile.WriteJson(path, write);
            return;
        }

        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content))
        {
            write(writer);
        }

        JsonFields fresh = JsonFields.Parse(content.ToArray(), path);
        AtomicFile.WriteJson(path, writer => Write(writer, old.Element, fresh.Element));
    }
}
