using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary><c>saltus convert</c> on the real executable.</summary>
[Trait("once", "yes")]
public sealed class ConvertTests : IDisposable
{
    private static readonly string s_sae = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "sae", "saelens", "jumprelu");
    private static readonly string s_topk = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "sae", "saelens", "topk");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_conversion_says_what_was_folded_and_writes_the_same_bytes_again()
    {
        ToolResult result = Run("convert", s_sae, "a", "--to", "gemma-scope").Succeeded();
        Assert.Contains("folded into the encoder bias", result.Out, StringComparison.Ordinal);
        Assert.Contains("probe of 64 vectors", result.Out, StringComparison.Ordinal);
        Assert.Equal(["params.npz"], Directory.EnumerateFileSystemEntries(_folder["a"]).Select(Path.GetFileName));
        byte[] bytes = File.ReadAllBytes(_folder["a/params.npz"]);
        Run("convert", s_sae, "a", "--to", "gemma-scope").Succeeded();
        Assert.Equal(bytes, File.ReadAllBytes(_folder["a/params.npz"]));
        using JsonDocument json = JsonDocument.Parse(Run("convert", "a", "b", "--to", "saelens", "--dtype", "bf16", "--json").Succeeded().Out);
        Assert.Equal("saelens", json.RootElement.GetProperty("format").GetString());
        Assert.Contains("bfloat16", File.ReadAllText(_folder["b/cfg.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_format_cannot_express_is_refused_in_one_line_and_nothing_is_left()
    {
        Run("convert", s_topk, "a", "--to", "gemma-scope").Refused("--to gemma-scope", "TopK", "thresholds");
        Run("convert", s_sae, "a", "--to", "sparsify").Refused("--to sparsify", "thresholds");
        Run("convert", s_sae, "a", "--to", "gemma-scope", "--dtype", "bf16").Refused("bf16", "NumPy");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Wrong_use_is_refused()
    {
        Run("convert", s_sae, "a").Refused("--to");
        Run("convert", s_sae, "a", "--to", "pickle").Refused("--to", "gemma-scope", "'pickle'");
        Run("convert", s_sae, "a", "--to", "saelens", "--dtype", "f64").Refused("--dtype", "'f64'");
        Run("convert", s_sae, "--to", "saelens").Refused("DST");
        Run("convert", "nothing", "a", "--to", "saelens").Refused("'nothing'");
        Run("convert", "gpt2-small-res-jb/blocks.8.hook_resid_pre", "a", "--to", "saelens").Refused("saltus pull gpt2-small-res-jb/blocks.8.hook_resid_pre");
        Run("convert", "gpt2-small-res-jb:blocks.8.hook_resid_per", "a", "--to", "saelens").Refused("'gpt2-small-res-jb/blocks.8.hook_resid_pre'");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Neither_the_source_nor_files_of_others_are_replaced()
    {
        Directory.CreateDirectory(_folder["sae"]);
        foreach (string name in new[] { "cfg.json", "sae_weights.safetensors" })
        {
            File.Copy(Path.Combine(s_sae, name), _folder[$"sae/{name}"]);
        }

        Run("convert", "sae", "sae", "--to", "saelens").Refused("another folder");
        Run("convert", "sae", "sae/../sae/", "--to", "saelens").Refused("another folder");
        Run("convert", "sae", ".", "--to", "saelens").Refused("another folder");
        Directory.CreateDirectory(_folder["full"]);
        File.WriteAllText(_folder["full/notes.txt"], "mine");
        Run("convert", "sae", "full", "--to", "saelens").Refused("'notes.txt'");
        Assert.Equal("mine", File.ReadAllText(_folder["full/notes.txt"]));

        // A link in place of the folder is replaced; what it points to is not touched.
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["elsewhere"]);
        Run("convert", "sae", "link", "--to", "saelens").Succeeded();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["elsewhere"]));
        Assert.True(File.Exists(_folder["link/cfg.json"]));
    }

    private ToolResult Run(params string[] arguments) => ToolProcess.RunIn(_folder.Path, new Dictionary<string, string>(StringComparer.Ordinal) { ["HF_HOME"] = _folder["hub"] }, arguments);
}
