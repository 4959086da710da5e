using System.Text;
using System.Text.Json;
using Saltus.Cli.Hub;
using Saltus.Cli.Releases;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli.Hub;

/// <summary>Published SAEs by name: the list, its spellings, what is fetched.</summary>
public sealed class ReleaseTests
{
    private static readonly ReleaseSae s_known = ReleaseList.Carried.Find("gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_82")!;

    [Fact]
    public void Every_published_SAE_is_found_by_each_spelling_and_has_a_place_and_a_reader()
    {
        Assert.Equal(170, ReleaseList.Carried.All.Count);
        Assert.Equal(13_857, ReleaseList.Carried.All.Sum(release => release.Saes.Count));
        foreach (ReleaseSae sae in ReleaseList.Carried.All.SelectMany(release => release.Saes))
        {
            Assert.Same(sae, ReleaseList.Carried.Find(sae.Name));
            Assert.Same(sae, ReleaseList.Carried.Find($"{sae.Release}:{sae.Id}"));
            Assert.True(HubName.TryParse(sae.Repository, out _), sae.Name);
            IReadOnlyList<string> needed = NeededBy(sae);
            Assert.NotEmpty(needed);
            Assert.All(needed, path => Assert.True(HubClient.IsInside(path), $"{sae.Name}: {path}"));
        }
    }

    [Fact]
    public void A_colon_may_stand_for_the_first_dash() =>
        Assert.Same(s_known, ReleaseList.Carried.Find("gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_82"));

    [Fact]
    public void What_the_list_says_beside_the_place_is_kept()
    {
        ReleaseSae llama = ReleaseList.Carried.Find("llama_scope_lxr_8x/l1r_8x")!;
        Assert.Equal(("fnlp/Llama3_1-8B-Base-LXR-8x", "Llama3_1-8B-Base-L1R-8x", "llama_scope"), (llama.Repository, llama.Folder, llama.Loader));
        Assert.Equal((39.76699029126213, 50.0), (llama.NormScalingFactor, llama.L0));
        ReleaseSae mistral = ReleaseList.Carried.Find("mistral-7b-res-wg/blocks.8.hook_resid_pre")!;
        Assert.Equal("constant_norm_rescale", mistral.ConfigOverrides!.Value.GetProperty("normalize_activations").GetString());
        Assert.Equal("0", ReleaseList.Carried.Find("mntss-gemma-2-2b-2.5m-clt-as-per-layer/layer_0")!.Folder);
    }

    [Theory]
    [InlineData("gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_83", "'gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_82'")]
    [InlineData("gpt2-smal-res-jb/blocks.8.hook_resid_pre", "'gpt2-small-res-jb/blocks.8.hook_resid_pre'")]
    [InlineData("gpt2-small-res-jb:blocks.8.hook_resid_per", "'gpt2-small-res-jb/blocks.8.hook_resid_pre'")]
    [InlineData("gpt2-small-res-jb", "13 SAEs, and one must be named")]
    [InlineData("xyzzy:xyzzy/x/y", "saltus info --releases TEXT")]
    public void A_near_miss_is_answered_with_the_nearest_names(string text, string expected)
    {
        Assert.Null(ReleaseList.Carried.Find(text));
        string message = ReleaseList.Carried.NotFound(text).Message;
        Assert.Contains($"'{text}'", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_leaves_its_repository_finds_no_file_to_fetch()
    {
        ReleaseSae bad = s_known with { Folder = "../../etc" };
        Assert.Equal(HubError.NotFound, Assert.Throws<HubException>(() => ReleaseFiles.Choose(bad, ["layer_12/params.npz"])).Error);
    }

    [Fact]
    public void Optional_files_come_along_and_other_layers_do_not()
    {
        ReleaseSae sae = ReleaseList.Carried.Find("gpt2-small-res-jb/blocks.8.hook_resid_pre")!;
        string[] paths =
        [
            "README.md", "blocks.8.hook_resid_pre/cfg.json", "blocks.8.hook_resid_pre/sae_weights.safetensors", "blocks.8.hook_resid_pre/sparsity.safetensors",
            "blocks.8.hook_resid_pre/log_feature_sparsity.json", "blocks.9.hook_resid_pre/cfg.json",
        ];
        Assert.Equal(paths[1..4], ReleaseFiles.Choose(sae, paths));
        ReleaseSae affine = s_known with { Loader = "gemma_3", Folder = "clt/width_16k/params_layer_5" };
        Assert.Equal(["clt/width_16k/params_layer_5.safetensors"], ReleaseFiles.Choose(affine, ["clt/width_16k/params_layer_5.safetensors", "clt/width_16k/params_layer_6.safetensors"]));
    }

    [Fact]
    [Trait("once", "yes")]
    public void Only_the_wanted_folder_is_pulled_and_found_again_without_a_network()
    {
        using TemporaryFolder folder = new();
        using LoopbackHub hub = new("google/gemma-scope-2b-pt-res");
        hub.Files["layer_12/width_16k/average_l0_82/params.npz"] = Encoding.ASCII.GetBytes("wanted");
        hub.Files["layer_12/width_16k/average_l0_22/params.npz"] = Encoding.ASCII.GetBytes("other");
        Dictionary<string, string> environment = hub.Environment(folder["hub"]);
        string path = Path.Combine(folder["hub"], "models--google--gemma-scope-2b-pt-res", "snapshots", LoopbackHub.Commit, "layer_12/width_16k/average_l0_82");
        const string Name = "gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_82";
        Assert.Equal($"{path}\n", ToolProcess.RunIn(folder.Path, environment, "pull", Name).Succeeded().Out);
        Assert.Equal("wanted", File.ReadAllText(Path.Combine(path, "params.npz")));
        Assert.Single(hub.ContentRequests);
        ToolProcess.RunIn(folder.Path, environment, "pull", "gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_41").Refused("average_l0_41/params.npz", "--list");
        ToolProcess.RunIn(folder.Path, environment, "pull", Name, "--include", "*").Refused("--include");
        ToolProcess.RunIn(folder.Path, environment, "pull", "gpt2-smal-res-jb/blocks.8.hook_resid_pre").Refused("404", "'gpt2-small-res-jb/blocks.8.hook_resid_pre'");
        environment["HF_HUB_OFFLINE"] = "1";
        using JsonDocument found = JsonDocument.Parse(ToolProcess.RunIn(folder.Path, environment, "pull", Name, "--json").Succeeded().Out);
        Assert.Equal((path, s_known.Name, "gemma_2"), (Text(found, "path"), Text(found, "name"), Text(found, "loader")));
        ToolProcess.RunIn(folder.Path, environment, "pull", "gemma-scope-2b-pt-res/layer_12/width_16k/average_l0_22").Refused("saltus pull gemma-scope-2b-pt-res/layer_12");
    }

    [Fact]
    [Trait("once", "yes")]
    public void Releases_are_listed_and_searched()
    {
        string all = ToolProcess.Run("info", "--releases").Succeeded().Out;
        Assert.Contains("170 releases, 13,857 SAEs", all, StringComparison.Ordinal);
        string[] found = ToolProcess.Run("info", "--releases", "GPT2-small resid_pre_768").Succeeded().Out.TrimEnd('\n').Split('\n');
        Assert.Equal(3, found.Length);
        Assert.StartsWith("gpt2-small-res-jb-feature-splitting/blocks.8.hook_resid_pre_768  ", found[1], StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(ToolProcess.Run("info", "--releases", "llama_scope_lxr_8x", "--json").Succeeded().Out);
        Assert.Equal(32, json.RootElement.GetArrayLength());
        Assert.Equal(58.935251798561154, json.RootElement[0].GetProperty("norm_scaling_factor").GetDouble());
        ToolProcess.Run("info", "--releases", "gemma-scope-2b-pt-rse").Refused("--releases", "perhaps 'gemma-scope-2b-pt-res'");
        ToolProcess.Run("info", "models", "--releases").Refused("--releases", "'models'");
        ToolProcess.Run("info").Refused("PATH");
    }

    [Fact]
    [Trait("once", "yes")]
    public void Info_says_what_is_known_of_a_published_SAE_without_a_network_and_what_is_in_it_once_it_is_there()
    {
        using TemporaryFolder folder = new();
        const string Name = "gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_82";
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["HF_HUB_CACHE"] = folder["hub"], ["HF_HUB_OFFLINE"] = "1" };
        using JsonDocument listed = JsonDocument.Parse(ToolProcess.RunIn(folder.Path, environment, "info", Name, "--json").Succeeded().Out);
        Assert.Equal(("published SAE, not pulled", s_known.Name, "google/gemma-scope-2b-pt-res"), (Text(listed, "kind"), Text(listed, "name"), Text(listed, "repository")));
        Assert.Contains($"saltus pull {Name}", listed.RootElement.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        ToolProcess.RunIn(folder.Path, environment, "info", "gemma-scope:2b-pt-res/layer_12/width_16k/average_l0_83").Refused("average_l0_82'", "--releases");
        ToolProcess.RunIn(folder.Path, environment, "info", "gemma-scope-2b-pt-res").Refused("316 SAEs, and one must be named");
        ToolProcess.RunIn(folder.Path, environment, "info", "no/such/thing").Refused("'no/such/thing'");

        string root = Path.Combine(folder["hub"], "models--google--gemma-scope-2b-pt-res");
        string snapshot = Path.Combine(root, "snapshots", LoopbackHub.Commit, s_known.Folder);
        Directory.CreateDirectory(snapshot);
        Directory.CreateDirectory(Path.Combine(root, "refs"));
        File.WriteAllText(Path.Combine(root, "refs", "main"), LoopbackHub.Commit);
        string golden = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "sae", "gemma_scope", "res");
        File.Copy(Directory.EnumerateFiles(golden, "params.npz", SearchOption.AllDirectories).Single(), Path.Combine(snapshot, "params.npz"));
        using JsonDocument pulled = JsonDocument.Parse(ToolProcess.RunIn(folder.Path, environment, "info", Name, "--json").Succeeded().Out);
        Assert.Equal(("sparse autoencoder", snapshot, "gemma_scope", s_known.Name), (Text(pulled, "kind"), Text(pulled, "files"), Text(pulled, "format"), Text(pulled, "name")));
    }

    private static string? Text(JsonDocument document, string key) => document.RootElement.GetProperty(key).GetString();

    /// <summary>The files asked of a repository that lacks them all, one after the other.</summary>
    private static List<string> NeededBy(ReleaseSae sae)
    {
        List<string> paths = [];
        while (true)
        {
            try
            {
                ReleaseFiles.Choose(sae, paths);
                return paths;
            }
            catch (HubException exception)
            {
                paths.Add(exception.Message.Split("expected '")[1].Split('\'')[0]);
            }
        }
    }
}
