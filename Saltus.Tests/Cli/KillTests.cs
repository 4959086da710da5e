using System.Diagnostics;
using System.Globalization;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Tests.Training;
using Saltus.Training;

namespace Saltus.Tests.Cli;

/// <summary>
/// The real executable is killed (SIGKILL) at random moments, again and again, and gone on with by the same command: what comes out has the
/// bytes of an undisturbed run. The suite kills a few times; SALTUS_KILLS asks for another number, SALTUS_KILLS_SEED for other moments.
/// </summary>
[Trait("once", "yes")]
[Trait("kills", "yes")]
public sealed class KillTests : IDisposable
{
    private const int FewKills = 6;
    private readonly TemporaryFolder _folder = new();
    private readonly RandomSource _random;
    private readonly int _kills = (int)(Number("SALTUS_KILLS") ?? FewKills);
    private readonly string[] _place;

    public KillTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are those of POSIX systems");
        _random = new RandomSource(Number("SALTUS_KILLS_SEED") ?? 1, "kills");
        string text = SampleText.Write(_folder["text.jsonl"], 3);
        _place = ["--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "0", "--context", "64"];
    }

    private static string[] Training => ["--width", "64", "--l0", "8", "--tokens", "6k", "--batch", "64", "--checkpoint-steps", "3"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_on_a_live_model_survives_kills() =>
        Survives("live", (_kills + 1) / 2, ["train", .. _place, .. Training], SmallRun.AssertSame);

    [Fact]
    public void Training_from_a_store_survives_kills()
    {
        string store = _folder["store"];
        ToolProcess.Run(["harvest", .. _place, "--out", store]).Succeeded();
        Survives("stored", _kills / 2, ["train", "--activations", store, .. Training], SmallRun.AssertSame);
    }

    [Fact]
    public void A_sweep_survives_kills()
    {
        string[] command =
        [
            "sweep", .. _place, "--eval-text", _place[3], "--eval-tokens", "500", "--methods", "jumprelu,topk", "--l0", "4,8", "--widths", "64", "--tokens", "3k", "--batch", "64",
            "--checkpoint-steps", "3", "--checkpoint-minutes", "1e-6",
        ];
        Survives("sweep", Math.Max(2, _kills / 4), command, (expected, actual) => SweepComparison.AssertSame(expected, actual, count: 4));
    }

    [Fact]
    public void A_harvest_survives_kills() => Survives("harvest", Math.Max(2, _kills / 8), ["harvest", .. _place, "--shard", "500"], (expected, actual) =>
    {
        string[] names = [.. Directory.EnumerateFiles(expected).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.EnumerateFiles(actual).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
    });

    [Fact]
    public void An_evaluation_survives_kills()
    {
        ToolProcess.Run(["train", .. _place, .. Training, "--out", _folder["run"]]).Succeeded();
        string text = SampleText.Write(_folder["longer.jsonl"], 12);
        string[] command = ["eval", "--sae", _folder["run"], "--model", SampleText.Model, "--text", text, "--context", "64", "--checkpoint-minutes", "1e-6"];
        Survives("eval", Math.Max(2, _kills / 8), command, (expected, actual) =>
        {
            Assert.Equal(File.ReadAllText(expected), File.ReadAllText(actual));
            Assert.False(File.Exists(actual + ".checkpoint"));
        });
    }

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    private void Survives(string name, int kills, string[] command, Action<string, string> compare)
    {
        string whole = _folder[$"{name} whole"];
        long began = Stopwatch.GetTimestamp();
        ToolProcess.Run([.. command, "--out", whole]).Succeeded();
        double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        int killed = 0;
        int finished = 0;
        while (killed < kills)
        {
            string output = _folder[$"{name} {finished}"];
            if (IsKilled([.. command, "--out", output], (int)(_random.NextDouble() * milliseconds * 1.1)))
            {
                killed++;
                continue;
            }

            compare(whole, output);
            finished++;
        }

        string last = _folder[$"{name} {finished}"];
        ToolProcess.Run([.. command, "--out", last]).Succeeded();
        compare(whole, last);
        TestContext.Current.SendDiagnosticMessage($"{name}: {killed} kills, {finished + 1} runs came to their end with the bytes of the undisturbed one");
    }

    /// <summary>Runs the tool, its output last of the command; kills it after so many milliseconds unless it has come to its end.</summary>
    private static bool IsKilled(string[] command, int milliseconds)
    {
        using Process process = ToolProcess.Start(Fixtures.Repository, command);
        if (process.WaitForExit(milliseconds))
        {
            ToolProcess.Finish(process).Succeeded();
            return false;
        }

        process.Kill();
        ToolResult result = ToolProcess.Finish(process);
        Assert.True(result.ExitCode is 0 or 137, $"exit code {result.ExitCode}: {result.Error}");

        // A kill in the moment between a run's last write and its end finds it finished: a folder that is not gone on with.
        return result.ExitCode != 0 && !RunFolder.IsFinished(command[^1]) && !SweepFolder.IsFinished(command[^1]);
    }
}
