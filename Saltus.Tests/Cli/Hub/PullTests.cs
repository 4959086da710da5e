using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli.Hub;

/// <summary>The real executable against a hub on this machine.</summary>
[Trait("once", "yes")]
public sealed class PullTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Cache => _folder["hub"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pulled_model_is_found_by_its_name_and_needs_no_network_any_more()
    {
        using LoopbackHub hub = LoopbackHub.OfSampleModel("org/name", token: "secret");
        Dictionary<string, string> environment = hub.Environment(Cache, "secret");
        ToolResult pulled = ToolProcess.RunIn(_folder.Path, environment, "pull", "org/name").Succeeded();
        string snapshot = Path.Combine(Cache, "models--org--name", "snapshots", LoopbackHub.Commit);
        Assert.Equal($"{snapshot}\n", pulled.Out);
        Assert.Equal(
            ["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.EnumerateFileSystemEntries(snapshot).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // The store is another host: it must never see the token.
        Assert.Contains("GET /model.safetensors", hub.Requests);
        Assert.DoesNotContain(hub.Requests, request => request.Contains(" /model.safetensors", StringComparison.Ordinal) && request.Contains("secret", StringComparison.Ordinal));
        int requests = hub.ContentRequests.Length;
        ToolProcess.RunIn(_folder.Path, environment, "pull", "org/name").Succeeded();
        Assert.Equal(requests, hub.ContentRequests.Length);

        environment["HF_HUB_OFFLINE"] = "1";
        Assert.Equal($"{snapshot}\n", ToolProcess.RunIn(_folder.Path, environment, "pull", "org/name").Succeeded().Out);
        string text = SampleText.Write(_folder["text.jsonl"], 1);
        ToolProcess.RunIn(
            _folder.Path, environment, "harvest", "--model", "org/name", "--site", "resid_post", "--layer", "0", "--text", text, "--tokens", "100", "--context", "64", "--out", _folder["store"]).Succeeded();
        using JsonDocument info = JsonDocument.Parse(ToolProcess.Run("info", _folder["store"], "--json").Succeeded().Out);
        Assert.Equal("org/name", info.RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public void Refusals_are_one_line_and_leave_no_snapshot()
    {
        using LoopbackHub hub = LoopbackHub.OfSampleModel("org/name", token: "secret");
        Dictionary<string, string> nobody = hub.Environment(Cache);
        Dictionary<string, string> stranger = hub.Environment(Cache, "other");
        Dictionary<string, string> friend = hub.Environment(Cache, "secret");
        ToolProcess.RunIn(_folder.Path, nobody, "pull", "org/name").Refused("401", "HF_TOKEN");
        ToolProcess.RunIn(_folder.Path, stranger, "pull", "org/name").Refused("403", "HF_TOKEN");
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/other").Refused("404", "org/other");
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name@v9").Refused("404", "'v9'");
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name", "--include", "*.gguf").Refused("--include", "*.gguf", "--list");
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name/x").Refused("'org/name/x'");
        hub.Faults.Enqueue(new HubFault { Status = 403, Code = "GatedRepo", IsOfDescription = true });
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name").Refused("accept", $"{hub.Address}org/name");
        friend["HF_HUB_OFFLINE"] = "1";
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name").Refused("HF_HUB_OFFLINE");
        ToolProcess.RunIn(_folder.Path, friend, "verify", "lm", "--model", "org/name", "--reference", "x").Refused("saltus pull org/name");
        hub.Files.Remove("model.safetensors");
        hub.Files["pytorch_model.bin"] = [1];
        friend["HF_HUB_OFFLINE"] = "0";
        ToolProcess.RunIn(_folder.Path, friend, "pull", "org/name").Refused(".bin", "safetensors");
        Assert.False(Directory.Exists(Path.Combine(Cache, "models--org--name")));
    }

    [Fact]
    public void A_listing_fetches_nothing()
    {
        using LoopbackHub hub = LoopbackHub.OfSampleModel("org/name");
        ToolResult listed = ToolProcess.RunIn(_folder.Path, hub.Environment(Cache), "pull", "org/name@v1", "--list").Succeeded();
        Assert.Equal(hub.Files.Keys.Order(StringComparer.Ordinal), listed.Out.TrimEnd('\n').Split('\n'));
        Assert.Empty(hub.ContentRequests);
        using JsonDocument json = JsonDocument.Parse(ToolProcess.RunIn(_folder.Path, hub.Environment(Cache), "pull", "org/name", "--list", "--json").Succeeded().Out);
        Assert.Equal(LoopbackHub.Commit, json.RootElement.GetProperty("commit").GetString());
    }

    [Fact]
    public void Two_files_of_a_folder_are_fetched_by_a_pattern_of_a_revision()
    {
        using LoopbackHub hub = LoopbackHub.OfSampleModel("org/name");
        ToolProcess.RunIn(_folder.Path, hub.Environment(Cache), "pull", "org/name@v1", "--include", "onnx/*", "--include", "README.md").Succeeded();
        string root = Path.Combine(Cache, "models--org--name");
        Assert.Equal([1], File.ReadAllBytes(Path.Combine(root, "snapshots", LoopbackHub.Commit, "onnx", "model.onnx")));
        Assert.Equal(LoopbackHub.Commit, File.ReadAllText(Path.Combine(root, "refs", "v1")));
    }
}
