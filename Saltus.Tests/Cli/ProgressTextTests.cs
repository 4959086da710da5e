using Saltus.Cli;

namespace Saltus.Tests.Cli;

public sealed class ProgressTextTests
{
    [Fact]
    public void A_line_says_what_is_done_how_fast_and_how_long_it_will_take()
    {
        SetClock clock = new();
        ProgressText text = new(clock);
        Assert.Equal("train: 0 of 2.00M tokens", text.Line(new WorkDone("train", 0, 2_000_000, "tokens")));
        clock.Seconds = 0.5;
        Assert.Equal("train: 20.0k of 2.00M tokens", text.Line(new WorkDone("train", 20_000, 2_000_000, "tokens")));
        clock.Seconds = 10;
        Assert.Equal("train: 400k of 2.00M tokens, 40.0k tokens/s, 40 s left, L0 33", text.Line(new WorkDone("train", 400_000, 2_000_000, "tokens", "L0 33")));
        Assert.Equal("train: 2.00M of 2.00M tokens, 200k tokens/s", text.Line(new WorkDone("train", 2_000_000, 2_000_000, "tokens")));
    }

    [Fact]
    public void A_new_stage_starts_anew_from_where_it_stands()
    {
        SetClock clock = new();
        ProgressText text = new(clock);
        text.Line(new WorkDone("harvest", 0, 100, "tokens"));
        clock.Seconds = 100;
        Assert.Equal("train: 50 tokens", text.Line(new WorkDone("train", 50, null, "tokens")));
        clock.Seconds = 110;
        Assert.Equal("train: 150 tokens, 10 tokens/s", text.Line(new WorkDone("train", 150, null, "tokens")));
    }

    [Fact]
    public void Durations_are_seconds_minutes_or_hours()
    {
        (double Seconds, string Text)[] cases = [(0.2, "1 s"), (59, "59 s"), (60, "1:00 min"), (125, "2:05 min"), (3720, "1:02 h"), (double.PositiveInfinity, "596523:14 h")];
        Assert.All(cases, pair => Assert.Equal(pair.Text, ProgressText.Duration(pair.Seconds)));
    }

    private sealed class SetClock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * TimestampFrequency);
    }
}
