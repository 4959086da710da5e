using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>
/// Input that cannot be used, for each command that makes something of it: one line on stderr, exit code 2, and nothing half-written.
/// </summary>
[Trait("once", "yes")]
public sealed class WrongInputTests : IDisposable
{
    private static readonly string[] s_site = ["--site", "resid_post", "--layer", "2"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _text;

    public WrongInputTests() => _text = SampleText.Write(_folder["text.jsonl"], 1);

    private string Out => _folder["out"];

    private string[] Model => ["--model", SampleText.Model];

    private string[] Text => ["--text", _text];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_folder_is_refused()
    {
        Refused(["--model", "no/such/model", .. Text, .. s_site], "'no/such/model'", "no such folder");
        Refused([.. Model, "--text", "no/such/text", .. s_site], "'no/such/text'");
        Unwritten("train", ["--activations", "no/such/store", "--width", "64", "--l0", "8"], "'no/such/store'");
        Unwritten("train", ["--config", "no/such/config.json"], "'no/such/config.json'");
        ToolProcess.Run(["eval", "--sae", "no/such/sae", .. Model, .. Text, "--out", Out]).Refused("'no/such/sae'");
        ToolProcess.Run(["report", "--sae", "no/such/sae", .. Model, .. Text, "--out", Out]).Refused("'no/such/sae'");
        AssertNothingWritten();
    }

    [Fact]
    public void Truncated_weights_and_weights_of_wrong_shape_are_refused()
    {
        string model = CopyModel();
        byte[] weights = File.ReadAllBytes(Path.Combine(model, "model.safetensors"));
        File.WriteAllBytes(Path.Combine(model, "model.safetensors"), weights[..(weights.Length / 2)]);
        Refused(["--model", model, .. Text, .. s_site], "model.safetensors", "cut short");
        File.WriteAllBytes(Path.Combine(model, "model.safetensors"), weights);
        string config = File.ReadAllText(Path.Combine(model, "config.json"));
        File.WriteAllText(Path.Combine(model, "config.json"), config.Replace("\"hidden_size\": 256", "\"hidden_size\": 128", StringComparison.Ordinal));
        Refused(["--model", model, .. Text, .. s_site], "model.safetensors", "expected", "128");
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        string model = CopyModel();
        File.Delete(Path.Combine(model, "tokenizer.json"));
        File.Copy(Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "tokenizers", "gpt2", "tokenizer.json.gz"), Path.Combine(model, "tokenizer.json.gz"));
        Refused(["--model", model, .. Text, .. s_site], "4096", "50257", "does not match the model");
        File.Delete(Path.Combine(model, "tokenizer.json.gz"));
        Refused(["--model", model, .. Text, .. s_site], "tokenizer.json");
    }

    [Fact]
    public void A_layer_out_of_range_and_a_place_that_is_none_are_refused()
    {
        Refused([.. Model, .. Text, "--site", "resid_post", "--layer", "4"], "layer 4", "0 to 3");
        Refused([.. Model, .. Text, "--hook", "blocks.17.hook_resid_post"], "layer 17", "0 to 3");
        Refused([.. Model, .. Text, "--site", "residual", "--layer", "1"], "'residual'", "resid_post");
        Refused([.. Model, .. Text, "--hook", "blocks.1.hook_mlp_in"], "before the norm", "mlp_in");
        Refused([.. Model, .. Text, "--site", "resid_post"], "--layer");
        Refused([.. Model, .. Text, .. s_site, "--hook", "blocks.2.hook_resid_post"], "--hook", "--site");
        Refused([.. Model, .. Text], "--site");
        Refused([.. Model, .. Text, "--site", "resid_post", "--layer", "-1"], "--layer", "'-1'");
    }

    [Fact]
    public void Text_without_text_is_refused()
    {
        (string Name, string Content, string[] Words)[] texts =
        [
            ("empty.txt", string.Empty, ["expected text"]),
            ("blank.jsonl", "{\"text\": \"\"}\n\n", ["expected text"]),
            ("empty.jsonl", string.Empty, ["expected text"]),
            ("broken.jsonl", "{\"text\": \"a\"\n", ["line 1"]),
            ("keyless.jsonl", "{\"content\": \"a b c\"}\n", ["line 1", "text"]),
            ("table.csv", "a,b\n", [".jsonl"]),
        ];
        foreach ((string name, string content, string[] words) in texts)
        {
            File.WriteAllText(_folder[name], content);
            Refused([.. Model, "--text", _folder[name], .. s_site], [name, .. words]);
        }
    }

    [Fact]
    public void Bad_counts_and_options_that_contradict_each_other_are_refused()
    {
        string[] place = [.. Model, .. Text, .. s_site];
        Unwritten("train", [.. place, "--width", "64", "--l0", "8", "--tokens", "2x"], "--tokens", "'2x'");
        Unwritten("train", [.. place, "--width", "64", "--l0", "65", "--tokens", "4k"], "l0", "65");
        Unwritten("train", [.. place, "--width", "64", "--l0", "8", "--lambda", "1", "--tokens", "4k"], "--l0 and --lambda");
        Unwritten("train", [.. place, "--width", "64", "--expansion", "2", "--l0", "8", "--tokens", "4k"], "--width and --expansion");
        Unwritten("train", [.. place, "--l0", "8", "--tokens", "4k"], "--width");
        Unwritten("train", [.. place, "--width", "64", "--l0", "8"], "--tokens");
        Unwritten("train", [.. place, "--method", "magic", "--width", "64", "--l0", "8", "--tokens", "4k"], "--method", "'magic'");
        Unwritten("train", ["--config", Path.Combine(SampleText.Model, "config.json")], "config.json", "architectures");
        Unwritten("harvest", [.. place, "--context", "4096"], "--context", "1024");
        Unwritten("harvest", [.. place, "--context", "1"], "--context", "at least 2");
        Unwritten("harvest", [.. place, "--layer", "2"], "resid_post.2 twice");
        Unwritten("harvest", [.. place, "--dtype", "F8"], "--dtype", "F16, BF16, F32");
    }

    [Fact]
    public void A_run_that_disk_or_memory_cannot_hold_is_refused_before_it_begins()
    {
        string[] place = [.. Model, .. Text, .. s_site];
        Unwritten("train", [.. place, "--width", "16M", "--l0", "8", "--tokens", "4k"], "--width", "memory", "GB");
        Unwritten("harvest", [.. place, "--tokens", "900B"], "--out", "free on the disk", "TB");
    }

    [Fact]
    public void A_folder_that_holds_something_is_left_alone()
    {
        Directory.CreateDirectory(Out);
        string kept = Path.Combine(Out, "kept.txt");
        File.WriteAllText(kept, "kept");
        string[] place = [.. Model, .. Text, .. s_site, "--out", Out];
        ToolProcess.Run(["harvest", .. place]).Refused("kept.txt");
        ToolProcess.Run(["train", .. place, "--width", "64", "--l0", "8", "--tokens", "4k"]).Refused("empty folder");
        ToolProcess.Run("demo", "--out", Out).Refused("empty folder");
        ToolProcess.Run(["harvest", .. Model, .. Text, .. s_site, "--out", kept]).Refused("found a file");
        ToolProcess.Run(["eval", "--sae", "x", .. Model, .. Text, "--out", Out]).Refused("found a folder");
        ToolProcess.Run(["report", "--sae", "x", .. Model, .. Text, "--out", Path.Combine(kept, "report.html")]).Refused("found the file");
        Assert.Equal([kept], Directory.EnumerateFileSystemEntries(Out));
        Assert.Equal("kept", File.ReadAllText(kept));
    }

    [Fact]
    public void An_sae_of_another_width_is_refused()
    {
        string sae = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "sae", "saelens", "jumprelu");
        ToolProcess.Run(["eval", "--sae", sae, .. Model, .. Text, .. s_site, "--out", Out]).Refused("256", "16");
        ToolProcess.Run(["report", "--sae", sae, .. Model, .. Text, .. s_site, "--out", Out]).Refused("256", "16");
        AssertNothingWritten();
    }

    /// <summary>Both commands that read a model on text refuse.</summary>
    private void Refused(string[] arguments, params string[] words)
    {
        Unwritten("harvest", arguments, words);
        Unwritten("train", [.. arguments, "--width", "64", "--l0", "8", "--tokens", "4k"], words);
    }

    private void Unwritten(string command, string[] arguments, params string[] words)
    {
        ToolProcess.Run([command, .. arguments, "--out", Out]).Refused(words);
        AssertNothingWritten();
    }

    private void AssertNothingWritten()
    {
        Assert.False(Path.Exists(Out), $"{Out} was left behind");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, ".saltus-*"));
    }

    private string CopyModel()
    {
        string copy = _folder["model"];
        Directory.CreateDirectory(copy);
        foreach (string name in new[] { "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(Path.Combine(SampleText.Model, name), Path.Combine(copy, name));
        }

        return copy;
    }
}
