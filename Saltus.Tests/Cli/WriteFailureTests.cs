using System.Diagnostics;
using System.Runtime.Versioning;
using Saltus.Tests.Support;
using Saltus.Tests.Training;

namespace Saltus.Tests.Cli;

/// <summary>
/// Writes of the real executable fail in the middle of a run, for want of permission or by an error of the disk: one line, exit code 2, the
/// last good state left, and the same command comes to the bytes of an undisturbed run once the cause is gone.
/// </summary>
[Trait("once", "yes")]
[UnsupportedOSPlatform("windows")]
public sealed class WriteFailureTests : IDisposable
{
    private const string Nobody = "65534";
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _train;

    public WriteFailureTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "modes of files and faults of calls are set by Linux's means");
        File.SetUnixFileMode(_folder.Path, Everybody);
        string text = SampleText.Write(_folder["text.jsonl"], 2);
        _train =
        [
            "train", "--model", SampleText.Model, "--text", text, "--site", "resid_post", "--layer", "0", "--context", "64", "--width", "64", "--l0", "8",
            "--tokens", "3k", "--batch", "64", "--checkpoint-steps", "5",
        ];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_that_may_not_be_written_any_more_ends_a_run_in_one_line()
    {
        string[] unprivileged = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"] : [];
        Assert.SkipUnless(Run(unprivileged, ["--help"]).ExitCode == 0, "another user may not run what was built here");
        string run = Whole("interrupted", unprivileged);
        ToolProcess.Run([.. _train, "--out", _folder["whole"]]).Succeeded();
        string checkpoints = Path.Combine(run, "checkpoints");
        Dictionary<string, byte[]> before = Interrupt(run);
        File.SetUnixFileMode(checkpoints, ReadOnly);
        Refused(Run(unprivileged, [.. _train, "--out", run]), checkpoints, "cannot be written", "permission denied");
        Assert.Equal(before, Bytes(checkpoints));
        File.SetUnixFileMode(checkpoints, Everybody);
        Run(unprivileged, [.. _train, "--out", run]).Succeeded();
        SmallRun.AssertSame(_folder["whole"], run);
        File.SetUnixFileMode(_folder.Path, ReadOnly);
        Run(unprivileged, [.. _train, "--out", _folder["other"]]).Refused("other", "permission denied");
        Run(unprivileged, ["harvest", .. _train[1..11], "--out", _folder["store"]]).Refused("store", "permission denied");
        File.SetUnixFileMode(_folder.Path, Everybody);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("fsync")]
    [InlineData("rename")]
    public void An_error_of_the_disk_ends_a_run_in_one_line(string call)
    {
        string? tracer = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "strace")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tracer is null, "strace, which makes a system call fail, is not installed");
        ToolProcess.Run([.. _train, "--out", _folder["whole"]]).Succeeded();
        string run = Whole("interrupted", []);
        Dictionary<string, byte[]> before = Interrupt(run);

        // Of the calls on the run's own files, the third fails and all after it.
        string[] faults = [tracer!, "-f", "-qq", "-o", "/dev/null", "-e", $"trace={Calls(call)}", "-e", $"inject={Calls(call)}:error=EIO:when=3+", .. Paths(run, call)];
        ToolResult result = Run(faults, [.. _train, "--out", run]);
        Assert.SkipWhen(result.Error.Contains("ptrace", StringComparison.Ordinal), "this user may not trace a process");
        Refused(result, "Input/output error");
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), Bytes(Path.Combine(run, "checkpoints")).Keys.Where(before.ContainsKey).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(Path.Combine(run, "checkpoints")), path => Saltus.Training.CheckpointFile.Open(path).File.Dispose());
        ToolProcess.Run([.. _train, "--out", run]).Succeeded();
        SmallRun.AssertSame(_folder["whole"], run);
    }

    private static string Calls(string call) => call switch
    {
        "write" => "write,pwrite64,pwritev",
        "rename" => "rename,renameat,renameat2",
        _ => call,
    };

    /// <summary>Writes go to terminals and pipes too: only those to the two logs fail.</summary>
    private static string[] Paths(string run, string call) =>
        call == "write" ? ["-P", Path.Combine(run, "metrics.jsonl"), "-P", Path.Combine(run, "timings.jsonl")] : [];

    private static ToolResult Run(string[] before, string[] command)
    {
        string[] all = [.. before, ToolProcess.Path, .. command];
        ProcessStartInfo start = new(all[0], all[1..])
        {
            WorkingDirectory = Fixtures.Repository,
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return ToolProcess.Finish(process);
    }

    /// <summary>The last line alone says what went wrong; before it a run that goes on says from where.</summary>
    private static void Refused(ToolResult result, params string[] words)
    {
        Assert.True(result.ExitCode == 2, $"exit code {result.ExitCode}: {result.Error}");
        string line = Assert.Single(result.Error.Split('\n'), line => line.StartsWith("saltus: ", StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", result.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, byte[]> Bytes(string folder) =>
        Directory.EnumerateFiles(folder).ToDictionary(path => Path.GetFileName(path)!, File.ReadAllBytes, StringComparer.Ordinal);

    private string Whole(string name, string[] before)
    {
        Run(before, [.. _train, "--out", _folder[name]]).Succeeded();
        return _folder[name];
    }

    /// <summary>Makes of a finished run one that was killed after its last checkpoint but one; gives what its checkpoints are.</summary>
    private static Dictionary<string, byte[]> Interrupt(string run)
    {
        Directory.Delete(Path.Combine(run, "sae"), recursive: true);
        File.Delete(Path.Combine(run, "metrics.xxh128"));
        File.Delete(Directory.EnumerateFiles(Path.Combine(run, "checkpoints")).Order(StringComparer.Ordinal).Last());
        return Bytes(Path.Combine(run, "checkpoints"));
    }
}
