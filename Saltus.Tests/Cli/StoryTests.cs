using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>Harvest, train, evaluate and report on a little text, by the real executable.</summary>
public sealed class StoryTests
{
    [Fact]
    public void Vectors_harvested_once_are_trained_on_evaluated_and_reported()
    {
        using TemporaryFolder folder = new();
        string text = SampleText.Write(folder["text.jsonl"], 3);
        string model = SampleText.Model;

        using JsonDocument stores = Json("harvest", "--model", model, "--text", text, "--site", "resid_post", "--layer", "1", "--layer", "2", "--context", "128", "--out", folder["stores"], "--json");
        Assert.Equal([1, 2], stores.RootElement.EnumerateArray().Select(store => store.GetProperty("layer").GetInt32()));
        string store = stores.RootElement[1].GetProperty("store").GetString()!;
        Assert.Equal(folder["stores/resid_post.2"], store);
        long vectors = stores.RootElement[1].GetProperty("vectors").GetInt64();

        using JsonDocument info = Json("info", store, "--json");
        Assert.Equal("activation store", info.RootElement.GetProperty("kind").GetString());
        Assert.True(info.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal(vectors, info.RootElement.GetProperty("vectors").GetInt64());

        string[] train = ["train", "--activations", store, "--expansion", "1", "--l0", "8", "--tokens", "4k", "--batch", "256"];
        ToolResult trained = ToolProcess.Run([.. train, "--threads", "2", "--out", folder["run"]]).Succeeded();
        Assert.Contains(folder["run/sae"], trained.Out, StringComparison.Ordinal);
        string[] files = [".lock", "config.json", "config.xxh128", "metrics.jsonl", "metrics.xxh128", "sae.xxh128", "sae/cfg.json", "sae/sae_weights.safetensors", "timings.jsonl"];
        Assert.Equal(files, Directory.EnumerateFiles(folder["run"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder["run"], path)).Order(StringComparer.Ordinal));
        ToolProcess.Run([.. train, "--threads", "1", "--out", folder["again"]]).Succeeded();
        Assert.Equal(File.ReadAllBytes(folder["run/sae/sae_weights.safetensors"]), File.ReadAllBytes(folder["again/sae/sae_weights.safetensors"]));
        Assert.Contains(": run\n", ToolProcess.Run("info", folder["run"]).Succeeded().Out, StringComparison.Ordinal);

        string[] on = ["--sae", folder["run"], "--model", model, "--text", text, "--site", "resid_post", "--layer", "2", "--context", "128"];
        using JsonDocument evaluation = Json(["eval", .. on, "--out", folder["eval.json"], "--json"]);
        Assert.Equal(vectors, evaluation.RootElement.GetProperty("tokens").GetInt64());
        Assert.Equal(3, evaluation.RootElement.GetProperty("documents").GetInt64());
        Assert.Equal(
            JsonSerializer.Serialize(evaluation.RootElement),
            JsonSerializer.Serialize(JsonDocument.Parse(File.ReadAllText(folder["eval.json"])).RootElement));
        Assert.Contains("delta loss", ToolProcess.Run(["eval", .. on]).Succeeded().Out, StringComparison.OrdinalIgnoreCase);

        ToolProcess.Run(["report", .. on, "--out", folder["report.html"]]).Succeeded();
        Assert.StartsWith("<!doctype html>", File.ReadAllText(folder["report.html"]), StringComparison.OrdinalIgnoreCase);
    }

    private static JsonDocument Json(params string[] arguments)
    {
        ToolResult result = ToolProcess.Run(arguments).Succeeded();

        // A busy machine sees a line of progress after ten seconds; nothing else belongs there.
        Assert.All(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^[a-z]+: .+ of .+", line));
        return JsonDocument.Parse(result.Out);
    }
}
