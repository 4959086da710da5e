using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

[Trait("once", "yes")]
public sealed partial class InterruptionTests
{
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;

    [Theory]
    [InlineData(InterruptSignal)]
    [InlineData(TerminateSignal)]
    public async Task A_signal_ends_a_harvest_with_exit_code_130_and_whole_shards_that_it_goes_on_from(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are those of POSIX systems");
        using TemporaryFolder folder = new();
        string text = SampleText.Write(folder["text.jsonl"], 1);
        Directory.CreateDirectory(folder["store"]);
        string[] command =
        [
            "harvest", "--model", SampleText.Model, "--site", "resid_post", "--layer", "0", "--text", text, "--tokens", "100M", "--context", "64", "--shard", "500", "--out", folder["store"],
        ];

        // The index appears with the first shard: from then on the work is surely under way.
        using FileSystemWatcher watcher = new(folder["store"], "index.json");
        Task<WaitForChangedResult> first = Task.Run(() => watcher.WaitForChanged(WatcherChangeTypes.All, TimeSpan.FromMinutes(2)), TestContext.Current.CancellationToken);
        using Process process = ToolProcess.StartStoppable(Fixtures.Repository, command);
        WaitForChangedResult changed = await first;
        Assert.False(changed.TimedOut);
        Assert.Equal(0, Kill(process.Id, signal));
        ToolResult result = ToolProcess.Finish(process);
        Assert.Equal(130, result.ExitCode);
        Assert.Equal("saltus: interrupted\n", result.Error);
        Assert.Equal(string.Empty, result.Out);
        Assert.Empty(Directory.EnumerateFiles(folder["store"], ".saltus-*"));
        using JsonDocument info = JsonDocument.Parse(ToolProcess.Run("info", folder["store"], "--json").Succeeded().Out);
        Assert.False(info.RootElement.GetProperty("complete").GetBoolean());
        Assert.Equal(info.RootElement.GetProperty("shards").GetInt64() * 500, info.RootElement.GetProperty("vectors").GetInt64());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
