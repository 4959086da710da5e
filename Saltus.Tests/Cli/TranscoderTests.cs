using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>The real executable trains transcoders and measures them where they write.</summary>
[Trait("once", "yes")]
public sealed class TranscoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jumprelu", false)]
    [InlineData("topk", true)]
    public void A_transcoder_is_trained_saved_found_again_and_evaluated_at_its_target(string method, bool hasSkip)
    {
        string text = SampleText.Write(_folder["text.jsonl"], 3);
        string run = _folder["run"];
        ToolResult trained = ToolProcess.Run(
        [
            "train", "--model", SampleText.Model, "--text", text, "--site", "mlp_in", "--layer", "2", "--target-site", "mlp_out", "--context", "64",
            "--method", method, "--width", "64", "--l0", "8", "--tokens", "3k", "--batch", "64", "--out", run, .. hasSkip ? ["--skip"] : Array.Empty<string>(),
        ]).Succeeded();
        Assert.StartsWith($"{run}: run\n", ToolProcess.Run("info", run).Succeeded().Out, StringComparison.Ordinal);
        Assert.Contains("sparse autoencoder", ToolProcess.Run("info", Path.Combine(run, "sae")).Succeeded().Out, StringComparison.Ordinal);

        // sparsify's files name no hooks, SAELens's do.
        string[] eval = ["eval", "--sae", run, "--model", SampleText.Model, "--text", text, "--context", "64", "--out", _folder["eval.json"]];
        string[] sites = method == "topk" ? ["--site", "mlp_in", "--layer", "2", "--target-site", "mlp_out"] : [];
        if (sites.Length > 0)
        {
            Assert.Contains("sparsify", trained.Error, StringComparison.Ordinal);
            ToolProcess.Run([.. eval, .. sites[..4]]).Refused("--target-site");
        }

        ToolProcess.Run([.. eval, .. sites]).Succeeded();
        using JsonDocument result = JsonDocument.Parse(File.ReadAllText(_folder["eval.json"]));
        JsonElement settings = result.RootElement.GetProperty("settings");
        Assert.Equal(("mlp_in", 2), (settings.GetProperty("site").GetString(), settings.GetProperty("layer").GetInt32()));
        Assert.Equal(("mlp_out", 2), (settings.GetProperty("target_site").GetString(), settings.GetProperty("target_layer").GetInt32()));
        ToolProcess.Run([.. eval, .. sites, "--saebench", _folder["saebench.json"]]).Refused("--saebench");
        ToolProcess.Run([.. eval, "--site", "mlp_in", "--layer", "2", "--target-site", "resid_mid"]).Refused("resid_mid.2");
        ToolProcess.Run([.. eval, "--site", "mlp_in", "--layer", "2", "--target-layer", "1"]).Refused("--target-layer", "--target-site");
    }
}
