using System.Text.Json;
using System.Text.RegularExpressions;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

public sealed class VerifyTests
{
    private static readonly string s_golden = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden");
    private static readonly string s_model = Path.Combine(s_golden, "lm", "gemma2");
    private static readonly string s_sae = Path.Combine(s_golden, "sae", "saelens", "jumprelu_no_bdec_in");
    private static readonly string s_tokenizer = Path.Combine(s_golden, "tokenizers", "sample");

    [Fact]
    public void A_model_that_agrees_gets_a_line_for_each_tensor_and_exit_code_0()
    {
        ToolResult result = ToolProcess.Run("verify", "lm", "--model", s_model, "--reference", Path.Combine(s_model, "golden.safetensors")).Succeeded();
        Assert.Contains("resid_post.0", result.Out, StringComparison.Ordinal);
        Assert.Matches(@"\ngrad\.\S+ .*ok", result.Out);
        Assert.Matches(@"\n\d+ within tolerance, 0 beyond, \d+ not compared\n$", result.Out);
    }

    [Fact]
    public void A_model_that_does_not_agree_ends_with_exit_code_1()
    {
        using TemporaryFolder folder = new();
        foreach (string file in new[] { "config.json", "meta.json", "golden.safetensors", "model.safetensors" })
        {
            File.Copy(Path.Combine(s_model, file), folder[file]);
        }

        // The soft cap on logits is a matter of the configuration alone: without it only logits and losses are off.
        string config = File.ReadAllText(folder["config.json"]);
        string changed = Regex.Replace(config, "\"final_logit_softcapping\": [0-9.]+", "\"final_logit_softcapping\": 0.5");
        Assert.NotEqual(config, changed);
        File.WriteAllText(folder["config.json"], changed);
        ToolResult result = ToolProcess.Run("verify", "lm", "--model", folder.Path, "--reference", folder["golden.safetensors"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"\nlogits +BEYOND", result.Out);
        Assert.Matches(@"\nresid_post\.0 +ok", result.Out);
        Assert.Equal(string.Empty, result.Error);
    }

    [Fact]
    public void An_sae_that_agrees_gets_a_line_for_each_tensor_and_exit_code_0()
    {
        ToolResult result = ToolProcess.Run("verify", "sae", "--sae", s_sae, "--reference", Path.Combine(s_sae, "golden.safetensors"), "--json").Succeeded();
        using JsonDocument document = JsonDocument.Parse(result.Out);
        Assert.True(document.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal(["acts", "out", "pre", "recon", "x"], document.RootElement.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()));
    }

    [Fact]
    public void What_a_meta_json_says_of_an_sae_can_be_said_by_options()
    {
        using TemporaryFolder folder = new();
        string sae = Path.Combine(s_golden, "sae", "llama_scope", "residual");
        File.Copy(Path.Combine(sae, "golden.safetensors"), folder["golden.safetensors"]);
        using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(sae, "meta.json")));
        string factor = meta.RootElement.GetProperty("norm_scaling_factor").GetRawText();
        string place = meta.RootElement.GetProperty("folder_name").GetString()!;
        string[] verify = ["verify", "sae", "--sae", sae, "--reference", folder["golden.safetensors"], "--folder-name", place];
        Assert.Equal(1, ToolProcess.Run(verify).ExitCode);
        ToolProcess.Run([.. verify, "--norm-factor", factor, "--loader", "llama_scope"]).Succeeded();
        ToolProcess.Run([.. verify, "--norm-factor", factor, "--loader", "gemma_2"]).Refused("params.npz");
        ToolProcess.Run([.. verify, "--norm-factor", "-1"]).Refused("--norm-factor", "'-1'");
        ToolProcess.Run([.. verify, "--loader", "llama"]).Refused("--loader", "llama_scope", "'llama'");

        // Options go before the meta.json.
        string[] own = ["verify", "sae", "--sae", sae, "--reference", Path.Combine(sae, "golden.safetensors")];
        ToolProcess.Run(own).Succeeded();
        Assert.Equal(1, ToolProcess.Run([.. own, "--norm-factor", "3"]).ExitCode);
    }

    [Fact]
    public void The_reference_of_another_sae_ends_with_exit_code_1_and_one_of_other_sizes_is_refused()
    {
        string other = Path.Combine(s_golden, "sae", "saelens", "jumprelu", "golden.safetensors");
        ToolResult result = ToolProcess.Run("verify", "sae", "--sae", s_sae, "--reference", other);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches("acts +BEYOND .*latents are active on one side only", result.Out);
        string transcoder = Path.Combine(s_golden, "sae", "saelens", "transcoder", "golden.safetensors");
        ToolProcess.Run("verify", "sae", "--sae", s_sae, "--reference", transcoder).Refused("'out'", "other sizes");
        ToolProcess.Run("verify", "sae", "--sae", s_sae, "--reference", Path.Combine(s_model, "golden.safetensors")).Refused("'x'", "no reference for an SAE");
    }

    [Fact]
    public void A_tokenizer_is_compared_case_by_case()
    {
        string tokenizer = Path.Combine(s_tokenizer, "tokenizer.json.gz");
        ToolResult equal = ToolProcess.Run("verify", "tokenizer", "--tokenizer", tokenizer, "--reference", Path.Combine(s_tokenizer, "cases.jsonl")).Succeeded();
        Assert.Matches(@"^(\d+) of \1 cases equal, 0 failed\n$", equal.Out);

        using TemporaryFolder folder = new();
        string[] lines = File.ReadAllLines(Path.Combine(s_tokenizer, "cases.jsonl"));
        File.WriteAllLines(folder["cases.jsonl"], [lines[0], lines[1].Replace("\"ids\":[", "\"ids\":[77,", StringComparison.Ordinal)]);
        ToolResult other = ToolProcess.Run("verify", "tokenizer", "--tokenizer", tokenizer, "--reference", folder["cases.jsonl"]);
        Assert.Equal(1, other.ExitCode);
        Assert.StartsWith("line 2: ids differ at 0: expected 77", other.Out, StringComparison.Ordinal);
        Assert.EndsWith("1 of 2 cases equal, 1 failed\n", other.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_or_damaged_is_refused_in_one_line()
    {
        string reference = Path.Combine(s_model, "golden.safetensors");
        ToolProcess.Run("verify", "lm", "--model", "no/such/folder", "--reference", reference).Refused("'no/such/folder'");
        ToolProcess.Run("verify", "lm", "--model", s_model, "--reference", "no.safetensors").Refused("'no.safetensors'");
        ToolProcess.Run("verify", "sae", "--sae", "no/such/folder", "--reference", reference).Refused("'no/such/folder'");
        ToolProcess.Run("verify", "sae", "--sae", s_model, "--reference", reference).Refused("cfg.json");
        ToolProcess.Run("verify", "tokenizer", "--tokenizer", s_model, "--reference", "cases.jsonl").Refused("tokenizer.json");
        ToolProcess.Run("verify", "tokenizer", "--tokenizer", Path.Combine(s_tokenizer, "tokenizer.json.gz"), "--reference", "no.jsonl").Refused("no.jsonl");
    }

    [Fact]
    public void Truncated_weights_and_weights_of_wrong_shape_are_refused_by_name()
    {
        using TemporaryFolder folder = new();
        File.Copy(Path.Combine(s_model, "config.json"), folder["config.json"]);
        byte[] weights = File.ReadAllBytes(Path.Combine(s_model, "model.safetensors"));
        File.WriteAllBytes(folder["model.safetensors"], weights[..^1000]);
        string reference = Path.Combine(s_model, "golden.safetensors");
        ToolProcess.Run("verify", "lm", "--model", folder.Path, "--reference", reference).Refused("model.safetensors");

        File.WriteAllBytes(folder["model.safetensors"], weights);
        string config = File.ReadAllText(folder["config.json"]);
        File.WriteAllText(folder["config.json"], Regex.Replace(config, "\"intermediate_size\": \\d+", "\"intermediate_size\": 7"));
        ToolProcess.Run("verify", "lm", "--model", folder.Path, "--reference", reference).Refused("mlp", "expected", "7");
    }
}
