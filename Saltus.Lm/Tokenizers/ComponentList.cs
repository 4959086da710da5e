using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads the list of steps of a Sequence.</summary>
internal static class ComponentList
{
    public static List<T> Read<T>(JsonFields fields, string name, Func<JsonElement, string, string, T> read)
    {
        List<T> result = [];
        foreach (JsonElement element in fields.RequiredArray(name).EnumerateArray())
        {
            result.Add(read(element, fields.File, $"{fields.PathOf(name)}[{result.Count}]"));
        }

        return result;
    }
}
