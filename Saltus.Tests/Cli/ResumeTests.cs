using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Saltus.Formats;
using Saltus.Tests.Fuzz;
using Saltus.Tests.Support;
using Saltus.Tests.Training;
using Saltus.Training;

namespace Saltus.Tests.Cli;

/// <summary>The real executable trains on a live language model, is stopped, and is gone on with.</summary>
[Trait("once", "yes")]
public sealed partial class ResumeTests : IDisposable
{
    private const int InterruptSignal = 2;
    private const int KillSignal = 9;
    private const int TerminateSignal = 15;
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _train;

    public ResumeTests()
    {
        string text = SampleText.Write(_folder["text.jsonl"], 3);
        _train =
        [
            "train", "--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "0", "--context", "64", "--width", "64", "--l0", "8",
            "--tokens", "6k", "--batch", "64", "--checkpoint-steps", "1",
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_training_run_that_was_stopped_goes_on_to_the_bytes_of_one_left_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are those of POSIX systems");
        string run = _folder["run"];
        foreach (int signal in new[] { KillSignal, InterruptSignal, TerminateSignal })
        {
            ToolResult stopped = await Stop(run, signal);
            if (signal != KillSignal)
            {
                Assert.Equal(130, stopped.ExitCode);
                Assert.EndsWith($"go on with: saltus train --resume {run}\nsaltus: interrupted\n", stopped.Error, StringComparison.Ordinal);
                Assert.Empty(Directory.EnumerateFiles(run, ".saltus-*", SearchOption.AllDirectories));
            }
        }

        ToolProcess.Run([.. _train, "--l0", "8", "--out", run]).Refused("--l0");
        ToolProcess.Run([.. _train[..^8], "--l0", "9", "--tokens", "6k", "--batch", "64", "--out", run]).Refused("l0: expected 8", "found 9");
        ToolProcess.Run("train", "--resume", run, "--seed", "3").Refused("--resume", "--seed");
        ToolProcess.Run("train", "--resume", _folder.Path).Refused("config.json");
        ToolResult resumed = ToolProcess.Run("train", "--resume", run, "--threads", "1").Succeeded();
        Assert.Contains("going on from step ", resumed.Error, StringComparison.Ordinal);
        Assert.Equal($"SAE: {Path.Combine(run, "sae")}\n", resumed.Out);
        ToolProcess.Run([.. _train, "--out", _folder["whole"]]).Succeeded();
        SmallRun.AssertSame(_folder["whole"], run);

        Assert.Contains("finished", ToolProcess.Run("train", "--resume", run).Succeeded().Error, StringComparison.Ordinal);
        ToolProcess.Run([.. _train, "--out", run]).Refused("trained SAE");
        ToolProcess.Run("train", "--width", "64").Refused("--out", "--resume");
    }

    [Fact]
    public async Task A_run_of_another_process_of_other_text_and_of_another_version_is_refused_and_stays_as_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are those of POSIX systems");
        string run = _folder["run"];
        await Stop(run, KillSignal);
        Dictionary<string, byte[]> before = Files(run);
        using (FolderLock.Take(run))
        {
            ToolProcess.Run("train", "--resume", run).Refused(run, "no other process");
        }

        string text = _train[4];
        string[] documents = File.ReadAllLines(text);
        File.WriteAllLines(text, documents.Reverse());
        ToolProcess.Run("train", "--resume", run).Refused(run, "text: expected the checksum", "as when the run was begun");
        File.WriteAllLines(text, documents);
        Assert.Equal(before, Files(run));

        string now = $"\\\"program\\\":\\\"{CheckpointRecord.ProgramNow}\\\"";
        string other = now.Replace(CheckpointRecord.ProgramNow, new string('9', CheckpointRecord.ProgramNow.Length), StringComparison.Ordinal);
        foreach (string checkpoint in Directory.EnumerateFiles(Path.Combine(run, "checkpoints")))
        {
            byte[] bytes = File.ReadAllBytes(checkpoint);
            int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(now));
            Assert.True(at > 0, $"{checkpoint} says nothing of its program");
            Encoding.UTF8.GetBytes(other).CopyTo(bytes, at);
            File.WriteAllBytes(checkpoint, FuzzSeeds.RepairCheckpoint(bytes));
        }

        ToolProcess.Run("train", "--resume", run).Refused(run, $"version {CheckpointRecord.ProgramNow}", "found those of 9");
        foreach ((string path, byte[] bytes) in before)
        {
            File.WriteAllBytes(path, bytes);
        }

        ToolProcess.Run("train", "--resume", run).Succeeded();
        ToolProcess.Run([.. _train, "--out", _folder["whole"]]).Succeeded();
        SmallRun.AssertSame(_folder["whole"], run);
    }

    private static Dictionary<string, byte[]> Files(string run) =>
        Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories).Where(path => !Path.GetFileName(path).StartsWith('.')).ToDictionary(path => path, File.ReadAllBytes);

    /// <summary>Begins or goes on with the run, and sends a signal after its next checkpoint.</summary>
    private async Task<ToolResult> Stop(string run, int signal)
    {
        using FileSystemWatcher watcher = new(_folder.Path, "step-*") { IncludeSubdirectories = true };
        Task<WaitForChangedResult> next = Task.Run(() => watcher.WaitForChanged(WatcherChangeTypes.All, TimeSpan.FromMinutes(2)), TestContext.Current.CancellationToken);
        using Process process = ToolProcess.StartStoppable(Fixtures.Repository, [.. _train, "--out", run]);
        Assert.False((await next).TimedOut);
        Assert.Equal(0, Kill(process.Id, signal));
        return ToolProcess.Finish(process);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
