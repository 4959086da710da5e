using System.Text.Json;
using Saltus.Tests.Support;
using Saltus.Tests.Training;

namespace Saltus.Tests.Cli;

/// <summary>The real executable sweeps over a live language model, a store and own vectors.</summary>
[Trait("once", "yes")]
public sealed class SweepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _text;
    private readonly string[] _sweep;

    public SweepTests()
    {
        _text = SampleText.Write(_folder["text.jsonl"], 3);
        _sweep =
        [
            "sweep", "--model", SampleText.Model, "--site", "resid_post", "--layer", "0", "--context", "64", "--text", _text, "--eval-text", _text, "--eval-tokens", "600",
            "--methods", "jumprelu,topk", "--l0", "4,8", "--widths", "64", "--seeds", "0,1", "--tokens", "3k", "--batch", "64",
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sweep_trains_as_train_does_and_evaluates_as_eval_does()
    {
        string sweep = _folder["sweep"];
        ToolResult result = ToolProcess.Run([.. _sweep, "--out", sweep]).Succeeded();
        Assert.Contains("topk-l0-8-m64-s1", result.Out, StringComparison.Ordinal);
        string[] table = File.ReadAllLines(Path.Combine(sweep, "results.csv"));
        Assert.Equal(9, table.Length);
        Assert.All(table, line => Assert.Equal(table[0].Split(',').Length, line.Split(',').Length));
        using JsonDocument results = JsonDocument.Parse(File.ReadAllText(Path.Combine(sweep, "results.json")));
        Assert.Equal(8, results.RootElement.GetProperty("saes").GetArrayLength());
        Assert.Equal(4, results.RootElement.GetProperty("summary").GetArrayLength());
        Assert.Contains(results.RootElement.GetProperty("saes").EnumerateArray(), sae => sae.GetProperty("on_delta_loss_front").GetBoolean());

        string member = Path.Combine(sweep, "runs", "jumprelu-l0-8-m64-s1");
        ToolProcess.Run("train", "--config", Path.Combine(member, "config.json"), "--out", _folder["alone"]).Succeeded();
        SmallRun.AssertSame(_folder["alone"], member);

        // Of all the held-out text: an evaluation of its beginning is the sweep's own.
        string whole = _folder["whole"];
        ToolProcess.Run("sweep", "--config", Path.Combine(sweep, "sweep.json"), "--methods", "topk", "--seeds", "0", "--eval-tokens", "1M", "--out", whole).Succeeded();
        string topk = Path.Combine(whole, "runs", "topk-l0-8-m64-s0");
        ToolProcess.Run("eval", "--sae", topk, "--model", SampleText.Model, "--text", _text, "--context", "64", "--out", _folder["eval.json"]).Succeeded();
        Assert.Equal(File.ReadAllText(_folder["eval.json"]), File.ReadAllText(Path.Combine(topk, "eval.json")));

        DamageIsFound(sweep, Path.GetFileName(member));
        ToolProcess.Run([.. _sweep, "--out", sweep]).Refused("--out", "finished");
        Assert.Contains("finished", ToolProcess.Run("sweep", "--resume", sweep).Succeeded().Error, StringComparison.Ordinal);
        ToolProcess.Run("sweep", "--resume", sweep, "--seeds", "1").Refused("--resume", "--seeds");
    }

    /// <summary>Of a sweep that was interrupted after everything but its table: damaged weights are refused, a damaged evaluation is made again.</summary>
    private static void DamageIsFound(string sweep, string member)
    {
        string run = Path.Combine(sweep, "runs", member);
        string results = File.ReadAllText(Path.Combine(sweep, "results.json"));
        File.Delete(Path.Combine(sweep, "results.csv"));
        string weights = Path.Combine(run, "sae", "sae_weights.safetensors");
        byte[] good = File.ReadAllBytes(weights);
        byte[] bad = [.. good];
        bad[^5] ^= 1;
        File.WriteAllBytes(weights, bad);
        ToolProcess.Run("sweep", "--resume", sweep).Refused(Path.Combine(run, "sae"), "sae.xxh128", "damaged");
        ToolProcess.Run("convert", run, sweep + "-copy", "--to", "sparsify").Refused(Path.Combine(run, "sae"), "sae.xxh128", "damaged");
        Assert.False(File.Exists(Path.Combine(sweep, "results.csv")));
        File.WriteAllBytes(weights, good);

        string evaluation = Path.Combine(run, "eval.json");
        string text = File.ReadAllText(evaluation);
        int digit = text.IndexOf("\"l0\": ", StringComparison.Ordinal) + 6;
        File.WriteAllText(evaluation, string.Concat(text.AsSpan(0, digit), text[digit] == '9' ? "8" : "9", text.AsSpan(digit + 1)));
        ToolResult resumed = ToolProcess.Run("sweep", "--resume", sweep).Succeeded();
        Assert.Contains($"warning: '{evaluation}'", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(evaluation));
        Assert.Equal(results, File.ReadAllText(Path.Combine(sweep, "results.json")));
    }

    [Fact]
    public void A_sweep_over_a_store_in_groups_comes_to_what_one_group_comes_to()
    {
        string store = _folder["store"];
        ToolProcess.Run("harvest", "--model", SampleText.Model, "--text", _text, "--site", "resid_post", "--layer", "0", "--context", "64", "--out", store).Succeeded();
        string[] stored = ["sweep", "--activations", store, "--eval-activations", store, "--methods", "jumprelu,gated", "--l0", "8", "--widths", "64,96", "--tokens", "2k", "--batch", "64"];
        ToolProcess.Run([.. stored, "--out", _folder["one"]]).Succeeded();
        ToolResult result = ToolProcess.Run([.. stored, "--memory", "4M", "--threads", "1", "--out", _folder["groups"]]).Succeeded();
        foreach (string member in Directory.EnumerateDirectories(Path.Combine(_folder["one"], "runs")).Select(path => Path.GetFileName(path)))
        {
            SmallRun.AssertSame(Path.Combine(_folder["one"], "runs", member), Path.Combine(_folder["groups"], "runs", member));
            Assert.Equal(
                File.ReadAllText(Path.Combine(_folder["one"], "runs", member, "eval.json")), File.ReadAllText(Path.Combine(_folder["groups"], "runs", member, "eval.json")));
        }

        Assert.Contains("FVU", result.Out, StringComparison.Ordinal);
        ToolProcess.Run([.. stored, "--memory", "1k", "--out", _folder["small"]]).Refused("--memory", "jumprelu-l0-8-m64-s0");
        Assert.False(Directory.Exists(_folder["small"]));
    }

    [Fact]
    public void What_cannot_be_swept_is_refused_in_one_line_and_leaves_nothing()
    {
        ToolProcess.Run("sweep").Refused("--out", "--resume");
        ToolProcess.Run([.. _sweep, "--out", _folder["x"], "--activations", "store"]).Refused("--text", "--activations");
        ToolProcess.Run(["sweep", "--methods", "jumprelu,bogus", "--out", _folder["x"]]).Refused("--methods", "'bogus'");
        ToolProcess.Run(["sweep", "--l0", "8,-1", "--out", _folder["x"]]).Refused("--l0", "'-1'");
        ToolProcess.Run(["sweep", "--widths", "64,", "--out", _folder["x"]]).Refused("--widths", "''");
        ToolProcess.Run([.. _sweep, "--lambda", "1", "--out", _folder["x"]]).Refused("l0 and lambda");
        ToolProcess.Run([.. _sweep, "--memory", "5M", "--out", _folder["x"]]).Refused("--memory", "harvest");
        ToolProcess.Run([.. _sweep[..^2], "--out", _folder["x"], "--batch", "64", "--recipe", "paper"]).Refused("topk");
        File.WriteAllText(_folder["mine.json"], """{"methods": ["topk"], "sparsities": [4]}""");
        ToolProcess.Run("sweep", "--config", _folder["mine.json"], "--out", _folder["x"]).Refused("mine.json", "sparsities");
        ToolProcess.Run([.. _sweep, "--out", _text]).Refused("--out");
        Assert.False(Directory.Exists(_folder["x"]));
    }
}
