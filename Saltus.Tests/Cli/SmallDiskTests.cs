using System.Text.Json;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Tests.Support;
using Saltus.Tests.Training;
using Saltus.Training;

namespace Saltus.Tests.Cli;

/// <summary>
/// The real executable writes to disks that are too small: one line, exit code 2, nothing corrupt, and after the disk has grown the same
/// command comes to the bytes of an undisturbed run. The suite tries a few sizes; SALTUS_DISK_SIZES=all tries every one from nothing to
/// enough, in steps of 64 KiB.
/// </summary>
[Trait("once", "yes")]
[Trait("disk", "yes")]
public sealed class SmallDiskTests : IDisposable
{
    private const int Step = 64 << 10;
    private const long Enough = 16 << 20;
    private const int LargestFile = 2 << 20;
    private static readonly Dictionary<string, string> s_ignoreLimits = new() { ["SALTUS_IGNORE_LIMITS"] = "1" };
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _place;

    public SmallDiskTests()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 2);
        _place = ["--model", SampleText.Model, "--text", text, "--context", "64"];
    }

    private static string[] Site => ["--site", "resid_post", "--layer", "0"];

    private static string[] Training => ["--width", "64", "--l0", "8", "--tokens", "4k", "--batch", "64", "--checkpoint-steps", "20"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_on_a_small_disk() => TrySizes("run", ["train", .. _place, .. Site, .. Training], SmallRun.AssertSame);

    [Fact]
    public void Harvesting_on_a_small_disk() => TrySizes("store", ["harvest", .. _place, .. Site, "--shard", "400"], (expected, actual) =>
    {
        string[] names = [.. Directory.EnumerateFiles(expected).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.EnumerateFiles(actual).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
    });

    [Fact]
    public void Evaluating_and_reporting_on_a_small_disk()
    {
        ToolProcess.Run(["train", .. _place, .. Site, .. Training, "--out", _folder["trained"]]).Succeeded();
        string[] sae = ["--sae", _folder["trained"], .. _place];
        void AssertEqual(string expected, string actual) => Assert.Equal(File.ReadAllText(expected), File.ReadAllText(actual));
        TrySizes("eval.json", ["eval", .. sae, "--checkpoint-minutes", "1e-6"], AssertEqual);
        TrySizes("report.html", ["report", .. sae], AssertEqual);
    }

    [Fact]
    public void Sweeping_on_a_small_disk()
    {
        string[] command =
        [
            "sweep", .. _place, .. Site, "--eval-text", _place[3], "--eval-tokens", "300", "--methods", "jumprelu,topk", "--l0", "8", "--widths", "64", "--tokens", "2k", "--batch", "64",
            "--checkpoint-steps", "10", "--checkpoint-minutes", "1e-6",
        ];
        TrySizes("sweep", command, (expected, actual) => SweepComparison.AssertSame(expected, actual, count: 2));
    }

    [Fact]
    public void What_does_not_fit_is_refused_before_it_begins_and_a_disk_that_takes_nothing_in_one_line()
    {
        using SmallDisk disk = SmallDisk.Mount(256 << 10);
        string[] train = ["train", .. _place, .. Site, .. Training, "--out", disk["run"]];
        ToolProcess.Run(train).Refused("--out", "free on the disk");
        ToolProcess.Run(["harvest", .. _place, .. Site, "--tokens", "4k", "--out", disk["store"]]).Refused("--out", "free on the disk");
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        ToolProcess.Run([.. train[..^1], _folder["trained"]]).Succeeded();
        using (SmallDisk tiny = SmallDisk.Mount(32 << 10))
        {
            foreach (string output in new[] { "--out", "--saebench" })
            {
                ToolProcess.Run(["eval", "--sae", _folder["trained"], .. _place, output, tiny["eval.json"]]).Refused(output, "free on the disk");
            }

            Assert.Empty(Directory.EnumerateFileSystemEntries(tiny.Path));
        }

        ToolProcess.Run(["report", "--sae", _folder["trained"], .. _place, "--neuronpedia", disk["pages"]]).Refused("--neuronpedia", "free on the disk");
        disk.Resize(Enough);
        disk.MakeReadOnly();
        ToolProcess.Run(train).Refused(disk["run"], "cannot be written");
        ToolProcess.Run(["harvest", .. _place, .. Site, "--out", disk["store"]]).Refused(disk["store"], "cannot be written");
    }

    private void TrySizes(string name, string[] command, Action<string, string> compare)
    {
        string whole = _folder[name];
        ToolProcess.Run([.. command, "--out", whole]).Succeeded();
        bool all = Environment.GetEnvironmentVariable("SALTUS_DISK_SIZES") == "all";
        long needed = Bytes(whole);
        int failed = 0;
        for (long size = 0; ; size += all ? Step : Math.Max(Step, (needed / 2 / Step * Step) + Step))
        {
            using SmallDisk disk = SmallDisk.Mount(size);
            string output = disk[name];
            ToolResult result = ToolProcess.RunIn(Fixtures.Repository, s_ignoreLimits, [.. command, "--out", output]);
            if (result.ExitCode == 0)
            {
                compare(whole, output);
                break;
            }

            failed++;
            AssertOneLine(result, size);
            AssertWhole(disk.Path);
            disk.Resize(Enough);
            ToolProcess.Run([.. command, "--out", output]).Succeeded();
            compare(whole, output);
        }

        Assert.True(failed > 0, "the smallest disk took everything");
        TestContext.Current.SendDiagnosticMessage($"{name}: {failed} disks were too small, for {needed:N0} bytes");
    }

    private static long Bytes(string path)
    {
        FileInfo[] files = Directory.Exists(path) ? new DirectoryInfo(path).GetFiles("*", SearchOption.AllDirectories) : [new FileInfo(path)];
        Assert.All(files, file => Assert.InRange(file.Length, 0, LargestFile));
        return files.Sum(file => file.Length);
    }

    private static void AssertOneLine(ToolResult result, long size)
    {
        Assert.True(result.ExitCode == 2, $"disk of {size} bytes: exit code {result.ExitCode}, {result.Error}");
        string last = result.Error.TrimEnd('\n').Split('\n')[^1];
        Assert.StartsWith("saltus: '", last, StringComparison.Ordinal);
        Assert.Single(result.Error.Split('\n'), line => line.StartsWith("saltus: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Every file under its own name is whole; logs are valid up to their last newline.</summary>
    private static void AssertWhole(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(path);
            Assert.False(name.StartsWith(".saltus-", StringComparison.Ordinal), $"{path} was left behind");
            if (name.StartsWith("step-", StringComparison.Ordinal) || name.EndsWith(".checkpoint", StringComparison.Ordinal))
            {
                CheckpointFile.Open(path).File.Dispose();
            }
            else if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            {
                SafetensorsFile.Open(path).Dispose();
            }
            else if (name == ActivationStoreIndex.FileName)
            {
                _ = ActivationStoreIndex.Read(Path.GetDirectoryName(path)!);
            }
            else if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            }
            else if (name.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                string text = File.ReadAllText(path);
                Assert.All(text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
            }
        }
    }
}
