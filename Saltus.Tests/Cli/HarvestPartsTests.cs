using System.Diagnostics;
using System.Text.Json;
using Saltus.Lm.Activations;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Cli;

/// <summary>The real executable harvests in several processes, within a budget, and from standard input.</summary>
[Trait("once", "yes")]
public sealed class HarvestPartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _harvest;

    public HarvestPartsTests()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 5);
        _harvest = ["harvest", "--model", SampleText.Model, "--site", "resid_post", "--layer", "0", "--context", "64", "--shard", "300", "--text", text];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_made_at_the_same_time_are_joined_into_one_store_of_the_same_vectors()
    {
        string whole = _folder["whole"];
        string parts = _folder["parts"];
        ToolProcess.Run([.. _harvest, "--out", whole]).Succeeded();
        Process[] processes = [.. Enumerable.Range(1, 3).Select(number => ToolProcess.Start(Fixtures.Repository, [.. _harvest, "--out", parts, "--part", $"{number}/3"]))];
        ToolResult[] results = [.. processes.Select(ToolProcess.Finish)];
        Assert.All(results, result => result.Succeeded());
        Assert.Contains(results, result => result.Error.Contains("all 3 parts", StringComparison.Ordinal));
        Assert.Equal(Vectors(whole), Vectors(parts));

        // The same command again has nothing to do and joins again; another number of parts has no place here.
        ToolProcess.Run([.. _harvest, "--out", parts, "--part", "2/3"]).Succeeded();
        ToolProcess.Run([.. _harvest, "--out", parts, "--part", "2/4"]).Refused(parts, "part-00001-of-00003");
        ToolProcess.Run([.. _harvest, "--out", whole, "--part", "1/3"]).Refused(whole, "activations-00000.safetensors");
        ToolProcess.Run([.. _harvest, "--out", parts, "--part", "3"]).Refused("--part", "'3'");
        using JsonDocument info = JsonDocument.Parse(ToolProcess.Run("info", parts, "--json").Succeeded().Out);
        Assert.True(info.RootElement.GetProperty("complete").GetBoolean());
        ToolProcess.Run("train", "--activations", parts, "--width", "32", "--l0", "4", "--tokens", "2k", "--batch", "64", "--out", _folder["run"]).Succeeded();
    }

    [Fact]
    public void A_store_is_not_joined_before_its_last_part_is_whole()
    {
        string parts = _folder["parts"];
        Assert.Contains("not there yet", ToolProcess.Run([.. _harvest, "--out", parts, "--part", "1/2", "--tokens", "100"]).Succeeded().Error, StringComparison.Ordinal);
        ToolProcess.Run("train", "--activations", parts, "--width", "32", "--l0", "4", "--out", _folder["run"]).Refused(parts, "index");
        ToolProcess.Run([.. _harvest, "--out", parts, "--part", "2/2", "--tokens", "101"]).Succeeded();
        Assert.Equal(50 + 50, Vectors(parts).Count);
    }

    [Fact]
    public void Training_reads_the_column_that_it_is_told()
    {
        File.WriteAllLines(_folder["other.jsonl"], File.ReadAllLines(_folder["text.jsonl"]).Select(line => line.Replace("\"text\":", "\"content\":", StringComparison.Ordinal)));
        string[] train = ["train", .. _harvest[1..7], "--context", "64", "--width", "32", "--l0", "4", "--tokens", "2k", "--batch", "64", "--text", _folder["other.jsonl"]];
        ToolProcess.Run([.. train, "--out", _folder["run"]]).Refused("other.jsonl", "'text'");
        ToolProcess.Run([.. train, "--out", _folder["run"], "--column", "content"]).Succeeded();
        Assert.Contains("\"column\": \"content\"", File.ReadAllText(Path.Combine(_folder["run"], "config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_ends_the_harvest_before_the_disk_does()
    {
        // 256 values of two bytes and three numbers of four: 524 bytes a vector.
        ToolProcess.Run([.. _harvest, "--out", _folder["small"], "--disk", "100k"]).Succeeded();
        Assert.Equal(100_000 / 524, ActivationStoreIndex.Read(_folder["small"]).Count);
        ToolProcess.Run([.. _harvest, "--out", _folder["small"], "--disk", "200k"]).Refused("most_vectors");
    }

    [Fact]
    public void Standard_input_gives_the_store_that_its_lines_in_a_file_give()
    {
        string[] lines = File.ReadAllLines(_folder["text.jsonl"]);
        ProcessStartInfo start = new(ToolProcess.Path, [.. _harvest[..^1], "-", "--out", _folder["piped"]])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(string.Join('\n', lines));
        process.StandardInput.Close();
        ToolProcess.Finish(process).Succeeded();
        ToolProcess.Run([.. _harvest, "--out", _folder["file"]]).Succeeded();
        Assert.Equal(Vectors(_folder["file"]), Vectors(_folder["piped"]));
        Assert.Equal("standard input", ActivationStoreIndex.Read(_folder["piped"]).Settings.Text);
    }

    /// <summary>Every vector by where it is from.</summary>
    private static List<string> Vectors(string store)
    {
        using IActivationSource source = ActivationStore.Open(store).OpenSource();
        using ActivationBatch batch = new(100, source.Width);
        List<string> vectors = [];
        do
        {
            source.Read(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                vectors.Add($"{batch.Documents[row]:000000} {batch.Positions[row]:000000} {batch.Tokens[row]} {string.Join(' ', batch.Vectors.Row(row).ToArray())}");
            }
        }
        while (batch.Count > 0);
        vectors.Sort(StringComparer.Ordinal);
        return vectors;
    }
}
