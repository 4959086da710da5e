using System.Diagnostics;
using System.Globalization;

namespace Saltus.Tests.Support;

/// <summary>A file system in memory of a given size, mounted for a test. Needs a system that lets this user mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SmallDisk()
    {
    }

    public string Path => _folder["disk"];

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Mounts one; the test skips itself where that is not allowed.</summary>
    /// <param name="bytes">Its size, rounded up to pages; at least one.</param>
    public static SmallDisk Mount(long bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a file system in memory is mounted on Linux alone");
        SmallDisk disk = new();
        Directory.CreateDirectory(disk.Path);
        string? refusal = Call("mount", "-t", "tmpfs", "-o", Size(bytes), "tmpfs", disk.Path);
        if (refusal is not null)
        {
            disk._folder.Dispose();
            Assert.Skip($"this user may not mount a file system: {refusal}");
        }

        return disk;
    }

    public void Resize(long bytes) => Assert.Null(Call("mount", "-o", $"remount,{Size(bytes)}", Path));

    public void MakeReadOnly() => Assert.Null(Call("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        Assert.Null(Call("umount", Path));
        _folder.Dispose();
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"size={Math.Max(4096, bytes)}");

    /// <summary>Runs a program; what it said where it failed, else null.</summary>
    private static string? Call(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.ReplaceLineEndings(" ");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return exception.Message;
        }
    }
}
