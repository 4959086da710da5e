using System.Text.Json;
using Saltus.Training;

namespace Saltus.Tests.Training;

public class SweepPlanTests
{
    private static readonly SweepConfiguration s_sweep = new()
    {
        Methods = ["jumprelu", "topk"],
        L0 = [16, 32],
        Widths = [256, 512],
        Seeds = [3, 4],
        Tokens = 100_000,
        Activations = "store",
    };

    [Fact]
    public void Every_combination_is_an_SAE_with_a_name_of_its_own()
    {
        IReadOnlyList<SweepMember> members = SweepPlan.Members(s_sweep with { LearningRates = [0.01, 0.003] });
        Assert.Equal(32, members.Select(member => member.Name).Distinct().Count());
        Assert.Equal("jumprelu-l0-16-m256-lr-0.01-s3", members[0].Name);
        Assert.Equal("topk-l0-32-m512-lr-0.003-s4", members[^1].Name);
        Assert.All(members, member => Assert.Equal(member.Configuration, Recipe.Complete(member.Configuration)));
        Assert.All(members, member => Assert.Equal(3, member.Configuration.OrderSeed));
        Assert.Null(members[0].Configuration.DataSeed);
        Assert.Equal([16, 32], members.Select(member => member.Configuration.L0!.Value).Distinct());
        Assert.Equal(7, SweepPlan.Members(s_sweep with { DataSeed = 7 })[0].Configuration.OrderSeed);
    }

    [Fact]
    public void Settings_of_a_method_win_over_those_of_all()
    {
        IReadOnlyList<SweepMember> members = SweepPlan.Members(s_sweep with
        {
            Settings = SmallSweep.Knobs("""{"learning_rate": 0.5, "warmup_share": 0.25}"""),
            MethodSettings = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>> { ["topk"] = SmallSweep.Knobs("""{"learning_rate": 0.125}""") },
        });
        Assert.All(members, member => Assert.Equal(member.Configuration.Method == "topk" ? 0.125 : 0.5, member.Configuration.LearningRate));
        Assert.All(members, member => Assert.Equal(0.25, member.Configuration.WarmupShare));
    }

    [Fact]
    public void A_declaration_is_written_and_read_again()
    {
        SweepConfiguration sweep = s_sweep with { Settings = SmallSweep.Knobs("""{"recipe": "default", "batch": 64}""") };
        SweepConfiguration read = SweepConfigurationJson.Parse(SweepConfigurationJson.Write(sweep), "sweep.json");
        Assert.Null(SweepConfigurationJson.FirstDifference(sweep, read));
        Assert.Equal(SweepPlan.Members(sweep).Select(member => member.Name), SweepPlan.Members(read).Select(member => member.Name));
    }

    [Fact]
    public void A_small_declaration_leaves_the_rest_to_defaults()
    {
        SweepConfiguration read = SweepConfigurationJson.Parse("""{"methods": ["topk"], "l0": [4], "widths": [32], "tokens": 1000, "activations": "x"}""", "sweep.json");
        Assert.Equal("topk-l0-4-m32-s0", SweepPlan.Members(read).Single().Name);
    }

    [Theory]
    [InlineData("""{"method": ["topk"]}""", "method")]
    [InlineData("""{"methods": ["topk"], "methods": ["topk"]}""", "methods")]
    [InlineData("""{"widths": ["wide"]}""", "widths")]
    [InlineData("[]", "one JSON object")]
    [InlineData("null", "null")]
    public void What_is_no_declaration_is_refused_with_file_and_key(string json, string named)
    {
        InputException refused = Assert.Throws<InputException>(() => SweepConfigurationJson.Parse(json, "mine.json"));
        Assert.Contains("mine.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        Refuses(s_sweep with { Methods = [] }, "methods");
        Refuses(s_sweep with { Methods = ["topk", "topk"] }, "methods", "topk twice");
        Refuses(s_sweep with { Methods = ["topk", "bogus"] }, "bogus");
        Refuses(s_sweep with { Widths = [] }, "widths");
        Refuses(s_sweep with { Seeds = [-1] }, "seeds");
        Refuses(s_sweep with { Tokens = 0 }, "tokens");
        Refuses(s_sweep with { Lambda = [1] }, "l0 and lambda");
        Refuses(s_sweep with { FormatVersion = 2 }, "format_version");
        Refuses(s_sweep with { EvalTokens = 0 }, "eval_tokens");
        Refuses(s_sweep with { Seeds = [.. Enumerable.Range(0, 2000).Select(seed => (long)seed)] }, "number of SAEs");
        Refuses(s_sweep with { Settings = SmallSweep.Knobs("""{"widht": 3}""") }, "widht");
        Refuses(s_sweep with { Settings = SmallSweep.Knobs("""{"width": 3}""") }, "settings", "width");
        Refuses(s_sweep with { Settings = SmallSweep.Knobs("""{"learning_rate": 1}"""), LearningRates = [2] }, "learning_rate");
        Refuses(s_sweep with { MethodSettings = Of("gated", "{}") }, "method_settings", "gated");
        Refuses(s_sweep with { Settings = SmallSweep.Knobs("""{"batch": 2048}"""), MethodSettings = Of("topk", """{"batch": 64}""") }, "batch", "2048", "64");
        Refuses(s_sweep with { L0 = [2.5] }, "whole number");
    }

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Of(string method, string json) => new() { [method] = SmallSweep.Knobs(json) };

    private static void Refuses(SweepConfiguration sweep, params string[] named)
    {
        InputException refused = Assert.Throws<InputException>(() => SweepPlan.Members(sweep));
        Assert.All(named, word => Assert.Contains(word, refused.Message, StringComparison.Ordinal));
    }
}
