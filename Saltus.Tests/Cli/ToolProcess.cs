using System.Diagnostics;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>Runs the real executable.</summary>
internal static class ToolProcess
{
    /// <summary>The longest job here, the demo, takes three minutes on two idle cores: a tool that hangs must not hang the suite, a busy machine not fail it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    /// <summary>The executable that this build made, of the same configuration as the tests.</summary>
    public static string Path { get; } = Find();

    /// <summary>Runs the tool in the repository's root.</summary>
    public static ToolResult Run(params string[] arguments) => RunIn(Fixtures.Repository, arguments);

    /// <summary>Runs the tool in a folder.</summary>
    public static ToolResult RunIn(string folder, params string[] arguments)
    {
        using Process process = Start(folder, arguments);
        return Finish(process);
    }

    /// <summary>Runs the tool in a folder, with environment variables of its own.</summary>
    public static ToolResult RunIn(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Path, arguments);
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Start(folder, start);
        return Finish(process);
    }

    /// <summary>Starts the tool in a folder.</summary>
    public static Process Start(string folder, params string[] arguments) => Start(folder, new ProcessStartInfo(Path, arguments));

    /// <summary>Starts the tool so that SIGINT reaches it: a shell's background jobs, and all that they start, ignore it otherwise.</summary>
    public static Process StartStoppable(string folder, params string[] arguments) =>
        Start(folder, OperatingSystem.IsLinux() ? new ProcessStartInfo("env", ["--default-signal=INT", Path, .. arguments]) : new ProcessStartInfo(Path, arguments));

    /// <summary>Waits for a started tool.</summary>
    public static ToolResult Finish(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the tool did not end within {s_patience}: {process.StartInfo.ArgumentList.Aggregate(string.Empty, (all, one) => $"{all} {one}")}");
        }

        return new ToolResult(process.ExitCode, output.Result, error.Result);
    }

    private static Process Start(string folder, ProcessStartInfo start)
    {
        start.WorkingDirectory = folder;
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        start.Environment.Remove("SALTUS_TRACE");
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static string Find()
    {
        // artifacts/bin/Saltus.Tests/release/ → artifacts/bin/Saltus.Cli/release/Saltus.Cli
        string own = System.IO.Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        string pivot = System.IO.Path.GetFileName(own);
        string name = OperatingSystem.IsWindows() ? "Saltus.Cli.exe" : "Saltus.Cli";
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(own, "..", "..", "Saltus.Cli", pivot, name));
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: build the solution");
    }
}
