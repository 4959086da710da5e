using System.Text.Json;

namespace Saltus.Tests.Support;

/// <summary>Compares two JSON values in keys, nesting and types, not in numbers and texts: every element of a list must be as the first expected one.</summary>
internal static class JsonStructure
{
    /// <summary>Gets what differs.</summary>
    /// <param name="expected">Another program's.</param>
    /// <param name="actual">Ours.</param>
    /// <param name="free">Paths whose inside may differ, such as "$.sae_cfg_dict".</param>
    /// <returns>One line a difference, with its path.</returns>
    public static List<string> Differences(JsonElement expected, JsonElement actual, params string[] free)
    {
        List<string> found = [];
        Compare("$", expected, actual, free, found);
        return found;
    }

    private static void Compare(string path, JsonElement expected, JsonElement actual, string[] free, List<string> found)
    {
        if (Kind(expected) != Kind(actual))
        {
            found.Add($"{path}: expected {Kind(expected)}, found {Kind(actual)}");
            return;
        }

        if (free.Contains(path, StringComparer.Ordinal))
        {
            return;
        }

        if (expected.ValueKind == JsonValueKind.Object)
        {
            string[] wanted = [.. expected.EnumerateObject().Select(property => property.Name)];
            string[] there = [.. actual.EnumerateObject().Select(property => property.Name)];
            found.AddRange(wanted.Except(there).Select(key => $"{path}.{key}: missing"));
            found.AddRange(there.Except(wanted).Select(key => $"{path}.{key}: too much"));
            foreach (string key in wanted.Intersect(there))
            {
                Compare($"{path}.{key}", expected.GetProperty(key), actual.GetProperty(key), free, found);
            }
        }
        else if (expected.ValueKind == JsonValueKind.Array && expected.GetArrayLength() > 0)
        {
            int index = 0;
            foreach (JsonElement item in actual.EnumerateArray())
            {
                Compare($"{path}[{index++}]", expected[0], item, [.. free.Select(name => name.Replace("[]", $"[{index - 1}]", StringComparison.Ordinal))], found);
            }
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => "number",
        _ => element.ValueKind.ToString().ToLowerInvariant(),
    };
}
