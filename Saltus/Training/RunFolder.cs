using System.IO.Hashing;
using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// The folder of one run: <c>config.json</c>, <c>metrics.jsonl</c> (a line a logged step; no time in it), <c>timings.jsonl</c>,
/// <c>checkpoints/</c>, <c>sae/</c>, <c>eval.json</c>, <c>report.html</c>. Whole files are written under a temporary name first; the two logs are
/// valid up to their last newline, and are cut back to the checkpoint that a run goes on from. One process at a time.
/// </summary>
public sealed partial class RunFolder : IDisposable
{
    private const string CheckpointsName = "checkpoints";
    private readonly FolderLock _lock;
    private readonly RunConfiguration _configuration;
    private readonly IReadOnlyDictionary<string, string> _inputs;
    private readonly XxHash128 _metricsHash = new();
    private FileStream? _metrics;
    private FileStream? _timings;

    private RunFolder(string path, FolderLock folderLock, RunConfiguration configuration, IReadOnlyDictionary<string, string> inputs)
    {
        (Path, _lock, _configuration, _inputs) = (path, folderLock, configuration, inputs);
    }

    /// <summary>Gets the name of the file of a run folder that holds its log.</summary>
    public static string MetricsName => "metrics.jsonl";

    /// <summary>Gets the name of the file that holds what the steps took.</summary>
    public static string TimingsName => "timings.jsonl";

    /// <summary>Gets the name of the report.</summary>
    public static string ReportName => "report.html";

    /// <summary>Gets whether something was logged, or a checkpoint was found.</summary>
    public bool HasSteps { get; private set; }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets where the trained SAE goes.</summary>
    public string SaePath => In(SaeName);

    /// <summary>Gets where the evaluation goes.</summary>
    public string EvaluationPath => In("eval.json");

    /// <summary>Gets where the report goes.</summary>
    public string ReportPath => In(ReportName);

    /// <summary>Opens the folder of a new run, or of one that was interrupted: then logs are cut back to its last good checkpoint.</summary>
    /// <param name="path">Absent, empty, or an interrupted run of the same configuration.</param>
    /// <param name="configuration">Completed by its recipe.</param>
    /// <param name="inputs">What the run reads (model, text, …) with checksums: a run goes on only with the same; null for none.</param>
    /// <returns>The open folder; no other process can open it meanwhile.</returns>
    /// <exception cref="CheckpointException">Settings, inputs or version are others, or no checkpoint is whole.</exception>
    /// <exception cref="InputException">There is something else in the folder, another process is writing it, or it cannot be made.</exception>
    public static RunFolder Open(string path, RunConfiguration configuration, IReadOnlyDictionary<string, string>? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        CheckFree(path);
        RunFolder folder = new(path, FolderLock.Take(path), configuration, inputs ?? new Dictionary<string, string>());
        try
        {
            folder.Begin();
            return folder;
        }
        catch (Exception exception)
        {
            folder.CloseLogs();
            folder._lock.DisposeAndClear();
            if (FileErrors.IsFromFileSystem(exception))
            {
                throw FileErrors.Writing(path, exception);
            }

            throw;
        }
    }

    /// <summary>Opens the folder of a run whose SAE is trained, for the work that comes after: its log is not cut.</summary>
    /// <param name="path">A finished run.</param>
    /// <param name="configuration">Completed by its recipe; must be that of the run.</param>
    /// <returns>The open folder; no other process can open it meanwhile.</returns>
    /// <exception cref="CheckpointException">The settings are others, or the SAE is not what the run wrote.</exception>
    /// <exception cref="InputException">Another process is writing it, or it cannot be read.</exception>
    public static RunFolder OpenFinished(string path, RunConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        RunFolder folder = new(path, FolderLock.Take(path), configuration, new Dictionary<string, string>());
        try
        {
            FolderLock.RemoveTemporaries(path);
            folder.CheckConfiguration(ReadConfiguration(path));
            CheckSae(path);
            folder.HasSteps = true;
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Whether a run came to its end: its SAE is there.</summary>
    /// <param name="path">Its folder.</param>
    /// <returns>Whether nothing is left to train.</returns>
    public static bool IsFinished(string path) => Directory.Exists(System.IO.Path.Combine(path, SaeName));

    /// <summary>Refuses a folder that holds something other than an interrupted run, before long work begins.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">It is a file, a finished run, or holds other files.</exception>
    public static void CheckFree(string path)
    {
        if (File.Exists(path))
        {
            throw new InputException($"--out {path}: expected a folder, got a file; give another name");
        }

        if (!Directory.Exists(path))
        {
            return;
        }

        if (IsFinished(path))
        {
            throw new InputException($"--out {path}: expected a new or empty folder, or an interrupted run, got one with a trained SAE in it; give another name or remove it");
        }

        bool isRun = File.Exists(System.IO.Path.Combine(path, ConfigurationName));
        if (!isRun && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsOurs(System.IO.Path.GetFileName(entry))))
        {
            throw new InputException($"--out {path}: expected a new or empty folder, got one with files in it; give another name or remove it");
        }
    }

    /// <summary>Appends a line of metrics.</summary>
    /// <param name="point">The step.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public void Log(RunPoint point)
    {
        _metricsHash.Append(AppendLine(_metrics!, point.Write));
        HasSteps = true;
    }

    /// <summary>Removes what the run has written so far, and the folder unless it was there before.</summary>
    public void Discard()
    {
        CloseLogs();
        foreach (string name in new[] { ConfigurationName, ConfigurationChecksumName, MetricsName, TimingsName, MetricsChecksumName, SaeChecksumName })
        {
            File.Delete(In(name));
        }

        _lock.DisposeAndClear();
    }

    /// <summary>Appends a line of timings.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="elapsed">Time since the run began.</param>
    /// <param name="reading">Of it, waiting for activations.</param>
    /// <param name="saving">Beside it, writing checkpoints, since this part of the run began.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public void LogTime(int step, TimeSpan elapsed, TimeSpan reading, TimeSpan saving) => AppendLine(_timings!, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("step", step);
        writer.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        writer.WriteNumber("reading_seconds", Math.Round(reading.TotalSeconds, 3));
        writer.WriteNumber("checkpoint_seconds", Math.Round(saving.TotalSeconds, 3));
        writer.WriteEndObject();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            WaitForRemoval();
        }
        catch (InputException)
        {
            // A file too many harms nobody; whoever goes on with the run is told, or removes it.
        }

        CloseLogs();
        _lock.Dispose();
    }

    /// <summary>Whether a name is one that an interruption can leave before there is a configuration.</summary>
    private static bool IsOurs(string name) => name == FolderLock.FileName || name == ConfigurationChecksumName || name.StartsWith(".saltus-", StringComparison.Ordinal);

    private static ReadOnlySpan<byte> AppendLine(FileStream file, Action<Utf8JsonWriter> write)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            write(writer);
        }

        line.Write("\n"u8);
        ReadOnlySpan<byte> bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
        try
        {
            file.Write(bytes);
            file.Flush();
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Appending(file.Name, exception);
        }

        return bytes;
    }

    private void CloseLogs()
    {
        // Disposing writes what a failed write left in the buffer once more: the first failure is the one to report.
        foreach (FileStream? log in new[] { _metrics, _timings })
        {
            try
            {
                log?.Dispose();
            }
            catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
            {
                log?.SafeFileHandle.Dispose();
            }
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
