using System.Text.Json;
using Saltus.Cli.Bench;
using Saltus.Lm.Models;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>What surrounds the measurements; times themselves are never tested.</summary>
[Trait("once", "yes")]
public sealed class BenchTests
{
    private static readonly BenchMachine s_machine = new("A processor", 2, 2);

    [Fact]
    public void A_quick_run_prints_one_JSON_document_with_every_floor()
    {
        ToolResult result = ToolProcess.Run("bench", "--quick", "--only", "floor", "--json", "--threads", "2").Succeeded();
        using JsonDocument document = JsonDocument.Parse(result.Out);
        JsonElement root = document.RootElement;
        Assert.Equal("saltus bench --only floor --quick --threads 2", root.GetProperty("command").GetString());
        Assert.Equal(2, root.GetProperty("threads").GetInt32());
        Assert.Equal(5, root.GetProperty("repeats").GetInt32());
        Assert.All(["cpu", "os", "runtime", "saltus"], key => Assert.False(string.IsNullOrWhiteSpace(root.GetProperty(key).GetString()), key));
        JsonElement group = Assert.Single(root.GetProperty("groups").EnumerateArray());
        Assert.Equal("floor", group.GetProperty("name").GetString());
        JsonElement[] rows = [.. group.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["fma-1", "fma", "copy", "triad"], rows.Select(row => row.GetProperty("name").GetString()));
        foreach (JsonElement row in rows)
        {
            JsonElement seconds = row.GetProperty("seconds");
            double low = seconds.GetProperty("low").GetDouble(), median = seconds.GetProperty("median").GetDouble();
            Assert.True(low > 0 && low <= median && median <= seconds.GetProperty("high").GetDouble(), row.ToString());
            Assert.True(row.GetProperty(row.GetProperty("name").GetString()!.StartsWith("fma", StringComparison.Ordinal) ? "flops" : "bytes").GetDouble() > 0);
        }
    }

    [Fact]
    public void An_unknown_group_is_refused_with_the_known_ones() => ToolProcess.Run("bench", "--only", "flor").Refused("--only", "floor, product", "'flor'");

    [Fact]
    public void Too_few_repeats_for_a_median_are_refused() => ToolProcess.Run("bench", "--repeats", "4").Refused("--repeats", "at least 5", "'4'");

    [Fact]
    public void Scaling_beside_a_choice_of_groups_is_refused() => ToolProcess.Run("bench", "--scaling", "--only", "floor").Refused("--scaling", "--only");

    [Fact]
    public void A_result_that_is_no_Markdown_file_is_refused_before_anything_is_measured() => ToolProcess.Run("bench", "--out", "result.txt").Refused("--out result.txt", ".md");

    [Fact]
    public void A_model_that_is_not_there_is_refused_before_anything_is_measured() => ToolProcess.Run("bench", "--model", "no-such-model").Refused("no-such-model");

    [Fact]
    public void A_later_run_replaces_its_own_section_and_leaves_all_others()
    {
        using TemporaryFolder folder = new();
        string path = folder["results.md"];
        File.WriteAllText(path, "# Mine\n\nA word before.\n\n## Other\n\nkept ## here\n");
        BenchFile.Write(path, s_machine, "saltus bench", 5, [Result("One", 1), Result("Two", 2)]);
        BenchFile.Write(path, s_machine, "saltus bench", 5, [Result("One", 4)]);
        string text = File.ReadAllText(path);
        Assert.StartsWith("# Mine\n\nA word before.\n\n## Other\n\nkept ## here\n\n## One\n", text, StringComparison.Ordinal);
        Assert.Contains("| case | 4 things | 4000.0 |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("| case | 1 things |", text, StringComparison.Ordinal);
        Assert.Contains("\n\n## Two\n\n`saltus bench`\n\nA processor, 2 of 2 threads;", text, StringComparison.Ordinal);
        Assert.EndsWith(" |\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_result_file_begins_with_the_processor()
    {
        using TemporaryFolder folder = new();
        BenchFile.Write(folder["new.md"], s_machine, "saltus bench", 5, [Result("One", 1)]);
        Assert.StartsWith("# Results on A processor\n\n## One\n", File.ReadAllText(folder["new.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Quartiles_are_measurements_and_not_means_of_them()
    {
        Assert.Equal(new BenchQuartiles(2, 3, 4), BenchQuartiles.Of([5, 1, 4, 2, 3]));
        Assert.Equal(new BenchQuartiles(7, 7, 7), BenchQuartiles.Of([7]));
    }

    [Fact]
    public void A_ratio_is_taken_against_the_floor_just_before_and_after_for_the_same_work()
    {
        SteppedTime time = new();
        using BenchCase floor = new("floor", "one a second", BenchWork.Flops(1), () => time.Pass(1));
        using BenchCase half = new("case", "three for two", BenchWork.Flops(2), () => time.Pass(3));
        BenchRow row = new BenchRunner(time, 5).Measure(new BenchPair(half, floor));
        Assert.Equal(1.5, row.Ratio!.Value.Median);
        Assert.Equal(3, row.Seconds.Median);
        Assert.Equal(1, row.FloorSeconds!.Value.Median);
    }

    [Fact]
    public void The_work_of_a_forward_pass_is_that_of_the_products_counted_one_by_one()
    {
        using LanguageModel model = LanguageModel.Load(Path.Combine(Fixtures.Repository, "models", "sample-lm"));
        ModelConfiguration shape = model.Configuration;
        TokenBatch batch = new([[1, 2, 3, 4, 5], [6, 7]]);
        double expected = 0;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            foreach (int length in new[] { 5, 2 })
            {
                for (int position = 0; position < length; position++)
                {
                    int seen = Math.Min(position + 1, shape.Windows[layer] ?? int.MaxValue);
                    expected += 2.0 * 2 * shape.Heads * shape.HeadWidth * seen;
                    expected += 2.0 * shape.Width * shape.HeadWidth * ((2 * shape.Heads) + (2 * shape.KeyValueHeads));
                    expected += 2.0 * (shape.Gated ? 3 : 2) * shape.Width * shape.MlpWidth;
                }
            }
        }

        Assert.Equal(expected, ModelFlops.Forward(shape, batch, hasLogits: false));
        Assert.Equal(expected + (2.0 * 7 * shape.Width * shape.VocabularySize), ModelFlops.Forward(shape, batch, hasLogits: true));
    }

    private static BenchResult Result(string title, double seconds) => new(title, title, [Row(seconds)]);

    private static BenchRow Row(double seconds) => new()
    {
        Name = "case",
        What = $"{seconds} things",
        Work = BenchWork.Bytes(1e9),
        Tokens = 0,
        Seconds = new BenchQuartiles(seconds, seconds, seconds),
        AllocatedBytes = 0,
    };

    /// <summary>A clock that stands still unless it is told to go on.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public void Pass(int seconds) => _now += seconds;

        public override long GetTimestamp() => _now;
    }
}
