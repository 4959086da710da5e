using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Formats;

/// <summary>Torch files that torch itself wrote, and hostile ones with what a reader must do.</summary>
internal static class TorchCases
{
    private const string Area = "sae";

    /// <summary>Every .pt and .pth beside a meta.json.</summary>
    public static List<string> Sound()
    {
        List<string> found = [];
        foreach (string folder in Fixtures.Cases(Area, SaeGolden.IsCase, recursive: true))
        {
            found.AddRange(Directory.EnumerateFiles(folder).Where(path => Path.GetExtension(path) is ".pt" or ".pth").Order(StringComparer.Ordinal));
        }

        Assert.NotEmpty(found);
        return found;
    }

    /// <summary>Every file that an expected.json lists beside it; list and folder must agree.</summary>
    public static List<(string Path, string ReaderMust)> Hostile()
    {
        List<(string, string)> found = [];
        foreach (string root in Fixtures.Roots.Where(root => Directory.Exists(Path.Combine(root, Area))))
        {
            foreach (string list in Directory.EnumerateFiles(Path.Combine(root, Area), "expected.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                string folder = Path.GetDirectoryName(list)!;
                JsonElement files = JsonDocument.Parse(File.ReadAllBytes(list)).RootElement.GetProperty("files");
                Assert.Equal(
                    files.EnumerateObject().Select(file => file.Name).Order(StringComparer.Ordinal),
                    Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => name != "expected.json").Order(StringComparer.Ordinal));
                found.AddRange(files.EnumerateObject().Select(file => (Path.Combine(folder, file.Name), file.Value.GetProperty("reader_must").GetString()!)));
            }
        }

        Assert.NotEmpty(found);
        return found;
    }
}
