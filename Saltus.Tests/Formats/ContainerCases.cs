using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>The files below `containers` of every root with what the official readers say; files and list must agree both ways.</summary>
internal static class ContainerCases
{
    public static List<(string Path, JsonElement Expected)> Find(string format, string kind)
    {
        List<(string Path, JsonElement Expected)> cases = [];
        foreach (string root in Fixtures.Roots)
        {
            string folder = Path.Combine(root, "containers");
            if (!Directory.Exists(folder))
            {
                TestContext.Current.SendDiagnosticMessage($"{root} has no folder containers: nothing to compare there");
                continue;
            }

            JsonElement files = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json"))).RootElement.GetProperty("files");
            string prefix = $"{format}/{kind}/";
            string[] listed = [.. files.EnumerateObject().Select(file => file.Name).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            string[] found = [.. Directory.EnumerateFiles(Path.Combine(folder, format, kind)).Select(path => prefix + Path.GetFileName(path)).Order(StringComparer.Ordinal)];
            Assert.Equal(listed, found);
            Assert.NotEmpty(found);
            cases.AddRange(found.Select(name => (Path.Combine(folder, name), files.GetProperty(name))));
        }

        return cases;
    }

    /// <summary>A number as the list writes it: NaN and infinities are strings, truth values count as 0 and 1.</summary>
    public static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        JsonValueKind.String => value.GetString() switch
        {
            "nan" => double.NaN,
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            string other => throw new InvalidOperationException($"unknown number {other}"),
            null => throw new InvalidOperationException(),
        },
        _ => value.GetDouble(),
    };
}
