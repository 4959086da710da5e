using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// The folder of one run: <c>config.json</c>, <c>metrics.jsonl</c> (a line a logged step; no time in it), <c>timings.jsonl</c>, <c>sae/</c>,
/// <c>eval.json</c>, <c>report.html</c>. Whole files are written under a temporary name first; the two logs are valid up to their last
/// newline.
/// </summary>
public sealed class RunFolder : IDisposable
{
    private const string TimingsName = "timings.jsonl";
    private readonly FileStream _metrics;
    private readonly FileStream _timings;

    private readonly bool _wasThere;

    private RunFolder(string path, bool wasThere)
    {
        Path = path;
        _wasThere = wasThere;
        _metrics = Append(MetricsName);
        _timings = Append(TimingsName);
    }

    /// <summary>Gets whether a step was logged.</summary>
    public bool HasSteps { get; private set; }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets where the trained SAE goes.</summary>
    public string SaePath => In("sae");

    /// <summary>Gets where the evaluation goes.</summary>
    public string EvaluationPath => In("eval.json");

    /// <summary>Gets where the report goes.</summary>
    public string ReportPath => In("report.html");

    /// <summary>Gets the names of the files of a run folder that hold its log.</summary>
    public static string MetricsName => "metrics.jsonl";

    /// <summary>Gets the name of the file that repeats the run.</summary>
    public static string ConfigurationName => "config.json";

    /// <summary>Creates the folder of a new run.</summary>
    /// <param name="path">Absent or empty.</param>
    /// <param name="configuration">Completed by its recipe.</param>
    /// <returns>The open folder.</returns>
    /// <exception cref="InputException">There is something in the folder already, or it cannot be made.</exception>
    public static RunFolder Create(string path, RunConfiguration configuration)
    {
        CheckFree(path);
        try
        {
            bool wasThere = Directory.Exists(path);
            Directory.CreateDirectory(path);
            AtomicFile.WriteText(System.IO.Path.Combine(path, ConfigurationName), RunConfigurationJson.Write(configuration));
            return new RunFolder(path, wasThere);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"--out {path}: the folder cannot be made: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses a folder that holds something, before long work begins.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">It is a file or not empty.</exception>
    public static void CheckFree(string path)
    {
        if (File.Exists(path))
        {
            throw new InputException($"--out {path}: expected a folder, got a file; give another name");
        }

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new InputException($"--out {path}: expected a new or empty folder, got one with files in it; give another name or remove it");
        }
    }

    /// <summary>Appends a line of metrics.</summary>
    /// <param name="point">The step.</param>
    public void Log(RunPoint point)
    {
        AppendLine(_metrics, point.Write);
        HasSteps = true;
    }

    /// <summary>Removes what the run has written so far, and the folder unless it was there before.</summary>
    public void Discard()
    {
        Dispose();
        foreach (string name in new[] { ConfigurationName, MetricsName, TimingsName })
        {
            File.Delete(In(name));
        }

        if (!_wasThere && !Directory.EnumerateFileSystemEntries(Path).Any())
        {
            Directory.Delete(Path);
        }
    }

    /// <summary>Appends a line of timings.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="elapsed">Time since the run began.</param>
    /// <param name="reading">Of it, waiting for activations.</param>
    public void LogTime(int step, TimeSpan elapsed, TimeSpan reading) => AppendLine(_timings, writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("step", step);
        writer.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        writer.WriteNumber("reading_seconds", Math.Round(reading.TotalSeconds, 3));
        writer.WriteEndObject();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _timings.Dispose();
    }

    private static void AppendLine(FileStream file, Action<Utf8JsonWriter> write)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter writer = new(line))
        {
            write(writer);
        }

        line.Write("\n"u8);
        file.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
        file.Flush();
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private FileStream Append(string name) => new(In(name), FileMode.Append, FileAccess.Write, FileShare.Read);
}
