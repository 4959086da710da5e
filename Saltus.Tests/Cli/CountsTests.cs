using Saltus.Cli;

namespace Saltus.Tests.Cli;

public sealed class CountsTests
{
    [Fact]
    public void Suffixes_are_thousands_millions_and_billions()
    {
        (string Text, long Count)[] cases =
        [
            ("4096", 4096), ("1", 1), ("0", 0), ("20k", 20_000), ("20K", 20_000), ("1.5k", 1500), ("2M", 2_000_000), ("0.25M", 250_000), ("3B", 3_000_000_000), ("2.05M", 2_050_000),
        ];
        Assert.All(cases, pair => Assert.True(Counts.TryParse(pair.Text, out long count) && count == pair.Count, pair.Text));
    }

    [Fact]
    public void What_is_no_whole_number_is_refused()
    {
        string[] texts = ["", "k", "M", "-1", "-2M", "1.5", "0.0001k", "2m", "1e6", "1,000", "2 M", "2MB", "0x10", "99999999999999999999", "99999999999B", "∞", "NaN", "２"];
        Assert.All(texts, text => Assert.False(Counts.TryParse(text, out _), text));
    }

    [Fact]
    public void Short_forms_have_three_digits()
    {
        (double Count, string Text)[] cases =
        [
            (0, "0"), (7, "7"), (999, "999"), (0.5, "0.50"), (12.34, "12.3"), (1000, "1.00k"), (52_140, "52.1k"), (999_499, "999k"), (2_050_000, "2.05M"), (3.2e9, "3.20B"),
        ];
        Assert.All(cases, pair => Assert.Equal(pair.Text, Counts.Short(pair.Count)));
    }
}
