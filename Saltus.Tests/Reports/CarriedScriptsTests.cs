using System.Security.Cryptography;
using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Reports;

public sealed class CarriedScriptsTests
{
    [Fact]
    public void Every_carried_file_has_the_hash_that_the_manifest_states_and_none_is_missing_there()
    {
        string root = Path.Combine(Fixtures.Repository, "third_party");
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "manifest.json")));
        List<string> stated = ["README.md", "manifest.json"];
        foreach (JsonElement package in manifest.RootElement.EnumerateArray())
        {
            string name = package.GetProperty("name").GetString()!;
            Assert.NotEmpty(package.GetProperty("version").GetString()!);
            Assert.NotEmpty(package.GetProperty("licence").GetString()!);
            foreach (JsonProperty file in package.GetProperty("files").EnumerateObject())
            {
                stated.Add(file.Name);
                string found = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, file.Name))));
                Assert.True(found == file.Value.GetString(), $"{name}: {file.Name} has SHA-256 {found}, the manifest says {file.Value}");
            }
        }

        string[] present = [.. Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        Assert.Equal(stated.Order(StringComparer.Ordinal), present);
    }
}
