using System.Diagnostics;

namespace Saltus.Tests.Support;

/// <summary>
/// One test of this assembly in a process of its own: for what is fixed when a process starts (the vector width), and for what belongs to
/// the whole process and other tests would change (the heap).
/// </summary>
internal static class OwnProcess
{
    /// <summary>Where the process that was started writes its lines.</summary>
    private const string FileVariable = "SALTUS_OWN_PROCESS";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <summary>Gets the file for lines when this is a process of <see cref="RunAsync"/>; null in the process of all tests.</summary>
    public static string? LinesFile => Environment.GetEnvironmentVariable(FileVariable);

    /// <summary>Runs a test that writes lines to <see cref="LinesFile"/>.</summary>
    /// <param name="tests">The class.</param>
    /// <param name="method">The test.</param>
    /// <param name="environment">Variables for the process; a value of null removes one.</param>
    /// <returns>The lines.</returns>
    public static async Task<string[]> RunAsync(Type tests, string method, params (string Name, string? Value)[] environment)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "lines.txt");
        ProcessStartInfo start = new(Environment.ProcessPath!, ["-method", $"{tests.FullName}.{method}", "-noColor"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[FileVariable] = file;
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        using CancellationTokenSource patience = new(s_patience);
        string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        Assert.True(File.Exists(file), output);
        return await File.ReadAllLinesAsync(file, patience.Token);
    }
}
