using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>steer, ablate and attribute by the real executable, on the SAE of fixtures/eval that the repository carries.</summary>
[Trait("once", "yes")]
public sealed class CausalToolTests : IDisposable
{
    private const string Prompt = "And the LORD said unto Moses";

    /// <summary>Active on the prompt's last token.</summary>
    private const string Active = "560";

    private static readonly string s_sae = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "eval", "saelens-jumprelu", "sae");

    private readonly TemporaryFolder _folder = new();

    private static string[] At => ["--sae", s_sae, "--model", SampleText.Model, "--site", "resid_post", "--layer", "2"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Steering_by_nothing_is_the_text_without_and_a_scan_gives_one_result_a_value()
    {
        using JsonDocument result = Json(
            ["steer", .. At, "--latent", Active, "--prompt", Prompt, "--add", "0,30", "--clamp", "-2", "--ablate", "--tokens", "6", "--json"]);
        JsonElement root = result.RootElement;
        JsonElement without = root.GetProperty("without");
        JsonElement[] with = [.. root.GetProperty("with").EnumerateArray()];
        Assert.Equal(["add", "add", "clamp", "ablate"], with.Select(entry => entry.GetProperty("change").GetString()));
        Assert.Equal([0, 30, -2], with[..3].Select(entry => entry.GetProperty("value").GetDouble()));
        Assert.Equal(JsonValueKind.Null, with[3].GetProperty("value").ValueKind);
        Assert.Equal(without.GetProperty("text").GetString(), with[0].GetProperty("text").GetString());
        Assert.Equal(without.GetProperty("loss").GetDouble(), with[0].GetProperty("loss").GetDouble());
        Assert.Equal(0, with[0].GetProperty("delta_loss").GetDouble());
        Assert.NotEqual(without.GetProperty("text").GetString(), with[1].GetProperty("text").GetString());
        Assert.All(with[1..], entry => Assert.True(entry.GetProperty("kl").GetDouble() > 0));
        Assert.All(with, entry => Assert.Equal(
            entry.GetProperty("loss").GetDouble() - without.GetProperty("loss").GetDouble(), entry.GetProperty("delta_loss").GetDouble(), 1e-12));
    }

    [Fact]
    public void Steering_prints_both_texts_and_takes_multiples_of_the_largest_activation()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 1);
        string[] on = ["steer", .. At, "--latent", Active, "--prompt", Prompt, "--tokens", "6", "--text", text, "--context", "64"];
        string page = ToolProcess.Run([.. on, "--add", "2", "--relative"]).Succeeded().Out;
        Assert.Contains("WITHOUT", page, StringComparison.Ordinal);
        Assert.Contains("ADD 2", page, StringComparison.Ordinal);
        using JsonDocument relative = Json([.. on, "--add", "2", "--relative", "--json"]);
        double largest = relative.RootElement.GetProperty("largest_activation").GetDouble();
        using JsonDocument absolute = Json([.. on, "--add", (2 * largest).ToString("R"), "--json"]);
        double Kl(JsonDocument document) => document.RootElement.GetProperty("with")[0].GetProperty("kl").GetDouble();
        Assert.Equal(Kl(relative), Kl(absolute));
        Assert.Equal("text.jsonl", relative.RootElement.GetProperty("measured_on").GetString());
    }

    [Fact]
    public void A_table_of_latents_is_made_and_checked()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 6);
        string[] on = ["steer", .. At, "--automatic", "2", "--text", text, "--tokens", "3"];
        ToolResult all = ToolProcess.Run([.. on, "--factor", "0.0001"]).Succeeded();
        Assert.Contains("2 of 2 grow", all.Out, StringComparison.Ordinal);
        ToolResult none = ToolProcess.Run([.. on, "--factor", "1e9", "--json"]);
        Assert.Equal(1, none.ExitCode);
        using JsonDocument result = JsonDocument.Parse(none.Out);
        foreach (JsonElement latent in result.RootElement.GetProperty("latents").EnumerateArray())
        {
            Assert.InRange(latent.GetProperty("rate_with").GetDouble(), 0, 1);
            Assert.InRange(latent.GetProperty("top_tokens").GetArrayLength(), 1, 10);
        }
    }

    [Fact]
    public void Ablation_gives_each_tokens_change_and_the_mean_of_all()
    {
        string[] on = ["ablate", .. At, "--latent", Active, "--latent", "1585", "--prompt", Prompt, "--plus", "#17", "--minus", " the"];
        using JsonDocument result = Json([.. on, "--json"]);
        JsonElement root = result.RootElement;
        JsonElement[] tokens = [.. root.GetProperty("tokens").EnumerateArray()];
        Assert.Equal(7, tokens.Length);
        Assert.Equal(6, root.GetProperty("predicted_tokens").GetInt32());
        Assert.Equal(tokens[..6].Average(token => token.GetProperty("ablated_loss").GetDouble()), root.GetProperty("ablated_loss").GetDouble(), 1e-12);
        Assert.Equal(tokens.Average(token => token.GetProperty("logit_difference").GetDouble()), root.GetProperty("logit_difference").GetDouble(), 1e-12);
        Assert.Equal(JsonValueKind.Null, tokens[6].GetProperty("loss").ValueKind);
        Assert.Contains(tokens, token => token.GetProperty("ablated_logit_difference").GetDouble() != token.GetProperty("logit_difference").GetDouble());
        Assert.Equal(" the", root.GetProperty("minus").GetProperty("text").GetString());
        string page = ToolProcess.Run(on).Succeeded().Out;
        Assert.Contains("2 latents at resid_post.2, zero ablation", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_mean_and_resample_ablation_differ_on_a_text_and_show_what_changes_most()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 1);
        List<double> losses = [];
        foreach (string how in new[] { "zero", "mean", "resample" })
        {
            using JsonDocument result = Json(["ablate", .. At, "--latent", "1585", "--text", text, "--context", "64", "--how", how, "--top", "5", "--json"]);
            losses.Add(result.RootElement.GetProperty("ablated_loss").GetDouble());
            double[] changes =
            [
                .. result.RootElement.GetProperty("tokens").EnumerateArray()
                    .Select(token => Math.Abs(token.GetProperty("ablated_loss").GetDouble() - token.GetProperty("loss").GetDouble())),
            ];
            Assert.Equal(5, changes.Length);
            Assert.Equal(changes.OrderDescending(), changes);
        }

        Assert.Equal(3, losses.Distinct().Count());
    }

    [Fact]
    public void Attribution_is_checked_by_ablation_and_shows_what_is_no_latent()
    {
        string[] on = ["attribute", .. At, "--prompt", Prompt];
        ToolResult page = ToolProcess.Run(on).Succeeded();
        Assert.Contains("rank correlation with ablation: 0.", page.Out, StringComparison.Ordinal);
        Assert.Contains("error", page.Out, StringComparison.Ordinal);
        using JsonDocument result = Json([.. on, "--check", "30", "--json"]);
        JsonElement prompt = Assert.Single(result.RootElement.GetProperty("prompts").EnumerateArray());
        JsonElement[] latents = [.. prompt.GetProperty("latents").EnumerateArray()];
        Assert.Equal(30, latents.Count(latent => latent.GetProperty("ablation_effect").ValueKind == JsonValueKind.Number));
        Assert.Equal(6, prompt.GetProperty("errors").GetArrayLength());
        Assert.Equal(0, Assert.Single(prompt.GetProperty("kept").EnumerateArray()).GetProperty("position").GetInt32());
        double rank = prompt.GetProperty("rank_correlation").GetDouble();
        Assert.Equal(rank, result.RootElement.GetProperty("mean_rank_correlation").GetDouble());
        Assert.Equal(0, ToolProcess.Run([.. on, "--check", "30", "--at-least", (rank - 1e-6).ToString("R")]).ExitCode);
        Assert.Equal(1, ToolProcess.Run([.. on, "--check", "30", "--at-least", (rank + 1e-6).ToString("R")]).ExitCode);
    }

    [Fact]
    public void Several_prompts_from_a_file_integrated_gradients_and_paths_to_a_second_SAE_are_given()
    {
        File.WriteAllText(_folder["prompts.txt"], $"{Prompt}\n\nCall me\n");
        using JsonDocument result = Json(
        [
            "attribute", .. At, "--prompts", _folder["prompts.txt"], "--method", "integrated", "--steps", "4", "--check", "10", "--at", "2",
            "--plus", " the", "--minus", "#17",
            "--second-sae", s_sae, "--second-site", "resid_post", "--second-layer", "3", "--top", "7", "--json",
        ]);
        JsonElement[] prompts = [.. result.RootElement.GetProperty("prompts").EnumerateArray()];
        Assert.Equal([Prompt, "Call me"], prompts.Select(prompt => prompt.GetProperty("prompt").GetString()));
        Assert.All(prompts, prompt => Assert.Equal(7, prompt.GetProperty("paths").GetArrayLength()));
        Assert.All(prompts, prompt => Assert.Equal(JsonValueKind.Number, prompt.GetProperty("baseline").ValueKind));
        IEnumerable<JsonElement> latents = prompts.SelectMany(prompt => prompt.GetProperty("latents").EnumerateArray());
        Assert.All(latents, latent => Assert.InRange(latent.GetProperty("position").GetInt32(), 1, 2));
    }

    [Fact]
    public void Wrong_arguments_are_refused_in_one_line()
    {
        string[] steer = ["steer", .. At];
        ToolProcess.Run([.. steer, "--latent", "2048", "--prompt", "x", "--ablate"]).Refused("--latent", "2048");
        ToolProcess.Run([.. steer, "--latent", "1", "--prompt", "x"]).Refused("--add");
        ToolProcess.Run([.. steer, "--latent", "1", "--prompt", "x", "--add", "1,x"]).Refused("--add", "'x'");
        ToolProcess.Run([.. steer, "--latent", "1", "--prompt", "x", "--add", "1", "--relative"]).Refused("--relative", "--text");
        ToolProcess.Run([.. steer, "--latent", "1", "--prompt", "x", "--add", "1", "--factor", "2"]).Refused("--factor", "--automatic");
        ToolProcess.Run([.. steer, "--prompt", "x", "--add", "1"]).Refused("--latent");
        ToolProcess.Run([.. steer, "--automatic", "2"]).Refused("--automatic", "--text");
        ToolProcess.Run([.. steer, "--automatic", "2", "--text", SampleText.Validation, "--add", "1,2"]).Refused("--add", "several");
        ToolProcess.Run([.. steer, "--automatic", "2", "--text", SampleText.Validation, "--latent", "2"]).Refused("--automatic", "--latent");
        string[] ablate = ["ablate", .. At, "--latent", "1"];
        ToolProcess.Run(ablate).Refused("--text", "--prompt");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--text", SampleText.Validation]).Refused("both");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--how", "mean"]).Refused("--reference");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--reference", SampleText.Validation]).Refused("--reference", "zero");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--plus", " the"]).Refused("--minus");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--plus", " the king", "--minus", "#1"]).Refused("--plus", "2 tokens");
        ToolProcess.Run([.. ablate, "--prompt", "x", "--plus", "#4096", "--minus", "#1"]).Refused("--plus", "4096");
        ToolProcess.Run([.. At.Prepend("ablate"), "--prompt", "x"]).Refused("--latent");
        string[] attribute = ["attribute", .. At];
        ToolProcess.Run(attribute).Refused("--prompt", "none");
        ToolProcess.Run([.. attribute, "--prompts", "no/such.txt"]).Refused("--prompts", "no/such.txt");
        ToolProcess.Run([.. attribute, "--prompt", "x", "--at", "9"]).Refused("--at", "found 9");
        ToolProcess.Run([.. attribute, "--prompt", "x", "--steps", "9"]).Refused("--steps", "integrated");
        ToolProcess.Run([.. attribute, "--prompt", "x", "--check", "1", "--at-least", "0.5"]).Refused("--at-least", "--check");
        ToolProcess.Run([.. attribute, "--prompt", "x", "--second-layer", "3"]).Refused("--second-sae");
        string[] second = ["--second-sae", s_sae, "--second-site", "resid_post", "--second-layer", "1"];
        ToolProcess.Run([.. attribute, "--prompt", "x", .. second]).Refused("second SAE", "lower one first");
        ToolProcess.Run("attribute", "--sae", s_sae, "--model", SampleText.Model, "--site", "mlp_in", "--layer", "9", "--prompt", "x").Refused("mlp_in");
    }

    private static JsonDocument Json(string[] arguments)
    {
        ToolResult result = ToolProcess.Run(arguments).Succeeded();
        Assert.Equal(string.Empty, result.Error);
        return JsonDocument.Parse(result.Out);
    }
}
