using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>A configuration that a person wrote by hand: what may be left out, and what the one line says where something is wrong.</summary>
public class RunConfigurationJsonTests
{
    [Fact]
    public void A_file_of_a_few_knobs_has_the_defaults_for_the_rest()
    {
        RunConfiguration run = RunConfigurationJson.Parse("""{ "method": "topk", "l0": 16 }""", "my.json");
        Assert.Equal((1, Recipe.Default, 0, 0L, "topk", 16.0), (run.FormatVersion, run.Recipe, run.Width, run.Tokens, run.Method, run.L0));
        RunConfiguration whole = Recipe.Complete(run with { Width = 64, Tokens = 100_000 });
        Assert.Equal(whole, RunConfigurationJson.Parse(RunConfigurationJson.Write(whole), "config.json") with { Prefixes = whole.Prefixes });
    }

    [Theory]
    [InlineData("""{ "widht": 64 }""", "widht")]
    [InlineData("""{ "width": "many" }""", "width")]
    [InlineData("[1, 2]", "one JSON object")]
    [InlineData("null", "null")]
    [InlineData("{ \"width\": 64", "one JSON object")]
    public void Something_else_is_refused_in_one_line(string text, string named)
    {
        InputException refused = Assert.Throws<InputException>(() => RunConfigurationJson.Parse(text, "my.json"));
        Assert.Contains("my.json", refused.Message, StringComparison.Ordinal);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("""{ "format_version": 2, "width": 64, "tokens": 1000 }""", "format_version")]
    [InlineData("""{ "recipe": null, "width": 64, "tokens": 1000 }""", "--recipe")]
    [InlineData("""{ "width": 64 }""", "tokens")]
    [InlineData("""{ "tokens": 1000 }""", "width")]
    public void What_cannot_be_trained_is_named(string text, string named)
    {
        InputException refused = Assert.Throws<InputException>(() => Recipe.Complete(RunConfigurationJson.Parse(text, "my.json")));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }
}
