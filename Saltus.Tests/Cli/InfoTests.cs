using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

[Trait("once", "yes")]
public sealed class InfoTests
{
    private static readonly string s_golden = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden");

    [Fact]
    public void Each_kind_of_thing_is_told_by_its_content()
    {
        (string Path, string Kind, string Fact)[] things =
        [
            ("lm/gemma2", "language model", "family"),
            ("lm/gemma2-sharded", "language model", "files"),
            ("lm/llama/model.safetensors", "safetensors file", "tensor"),
            ("sae/saelens/jumprelu", "sparse autoencoder", "JumpReLU"),
            ("tokenizers/sample", "tokenizer", "4,096"),
            ("containers/npy/valid/le_f4.npy", "npy file", "[3, 4]"),
            ("containers/npz/valid/stored.npz", "npz file", "tensor"),
        ];
        foreach ((string path, string kind, string fact) in things)
        {
            ToolResult result = ToolProcess.Run("info", Path.Combine(s_golden, path)).Succeeded();
            Assert.StartsWith($"{Path.Combine(s_golden, path)}: {kind}\n", result.Out, StringComparison.Ordinal);
            Assert.Contains(fact, result.Out, StringComparison.Ordinal);
            Assert.Equal(string.Empty, result.Error);
        }
    }

    [Fact]
    public void The_same_facts_are_one_JSON_document()
    {
        string path = Path.Combine(s_golden, "containers", "safetensors", "valid", "metadata.safetensors");
        using JsonDocument document = JsonDocument.Parse(ToolProcess.Run("info", path, "--json").Succeeded().Out);
        Assert.Equal("safetensors file", document.RootElement.GetProperty("kind").GetString());
        Assert.Equal("pt", document.RootElement.GetProperty("metadata.format").GetString());
        Assert.Equal("w", document.RootElement.GetProperty("tensors")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void What_is_not_there_not_known_or_damaged_is_refused_in_one_line()
    {
        ToolProcess.Run("info", "no/such/path").Refused("'no/such/path'");
        ToolProcess.Run("info", "Saltus.slnx").Refused("'Saltus.slnx'");
        ToolProcess.Run("info", "Saltus.Tests").Refused("'Saltus.Tests'");
        ToolProcess.Run("info", Path.Combine(s_golden, "containers", "safetensors", "hostile", "deep_json.safetensors")).Refused("deep_json.safetensors");
        ToolProcess.Run("info", Path.Combine(s_golden, "containers", "npy", "hostile", "truncated_data.npy")).Refused("truncated_data.npy");
    }
}
