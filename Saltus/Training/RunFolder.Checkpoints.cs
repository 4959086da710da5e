using System.Globalization;
using System.IO.Hashing;
using Saltus.Formats;

namespace Saltus.Training;

/// <content>Checkpoints of a run: <c>checkpoints/step-N.safetensors</c>, the newest two.</content>
public sealed partial class RunFolder
{
    private const string CheckpointPrefix = "step-";
    private const string CheckpointEnding = ".safetensors";
    private const int Kept = 2;
    private readonly List<string> _notes = [];

    /// <summary>To remove a file of hundreds of megabytes takes a disk as long as to write half of it: a run does not wait for that.</summary>
    private Task _removal = Task.CompletedTask;

    /// <summary>Gets what a person should know about how the run goes on: lines about damage, and from which step.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Gets where the checkpoint that the run goes on from lies; null for the beginning.</summary>
    internal string? CheckpointPath { get; private set; }

    /// <summary>Gets what that checkpoint says.</summary>
    internal CheckpointRecord? Checkpoint { get; private set; }

    /// <summary>Writes a checkpoint, and has all but the newest two removed while the run goes on; the next one waits for that.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="steps">Steps done.</param>
    /// <param name="tokens">Vectors trained on.</param>
    /// <param name="elapsed">Time since the run began.</param>
    /// <exception cref="InputException">A value is not finite, or the file system refused; the checkpoints before are as they were.</exception>
    internal void Save(TrainingState state, int steps, long tokens, TimeSpan elapsed)
    {
        WaitForRemoval();
        Sync(_metrics!);
        Sync(_timings!);
        CheckpointRecord record = new()
        {
            Step = steps,
            Tokens = tokens,
            Seconds = elapsed.TotalSeconds,
            MetricsBytes = _metrics!.Length,
            MetricsChecksum = Convert.ToHexStringLower(_metricsHash.GetCurrentHash()),
            TimingsBytes = _timings!.Length,
            Configuration = _configuration,
            Inputs = _inputs,
        };
        CheckpointFile.Write(System.IO.Path.Combine(In(CheckpointsName), NameOf(steps)), record.ToJson(), state, where => new InputException(
            $"'{Path}': after {steps} steps: expected finite numbers in a checkpoint, found {where}; the checkpoints before are kept, lower the learning rate"));
        string[] old = [.. Checkpoints().Skip(Kept)];
        _removal = Task.Run(() => RemoveAll(old));
    }

    /// <summary>Waits until the checkpoints that gave way to newer ones are gone.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    internal void WaitForRemoval()
    {
        Task removal = _removal;
        _removal = Task.CompletedTask;
        removal.GetAwaiter().GetResult();
    }

    private static string NameOf(long step) => string.Create(CultureInfo.InvariantCulture, $"{CheckpointPrefix}{step:0000000000}{CheckpointEnding}");

    private static void Sync(FileStream log)
    {
        try
        {
            DiskFlush.Wait(log);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Appending(log.Name, exception);
        }
    }

    private static void RemoveAll(IEnumerable<string> paths)
    {
        foreach (string path in paths.ToArray())
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
            {
                throw FileErrors.Writing(path, exception);
            }
        }
    }

    /// <summary>Under the lock: clears what kills left, finds the checkpoint to go on from, cuts the logs to it.</summary>
    private void Begin()
    {
        FolderLock.RemoveTemporaries(Path);
        File.Delete(In(MetricsChecksumName));
        File.Delete(In(SaeChecksumName));
        if (File.Exists(In(ConfigurationName)))
        {
            CheckConfiguration(ReadConfiguration(Path));
            if (Directory.Exists(In(CheckpointsName)))
            {
                FolderLock.RemoveTemporaries(In(CheckpointsName));
                FindCheckpoint();
            }
        }
        else
        {
            WriteConfiguration();
        }

        _metrics = OpenLog(MetricsName, Checkpoint?.MetricsBytes ?? 0);
        _timings = OpenLog(TimingsName, Checkpoint?.TimingsBytes ?? 0);
        HasSteps = Checkpoint is not null;
    }

    private void FindCheckpoint()
    {
        List<string> damaged = [];
        string first = string.Empty;
        foreach (string path in Checkpoints())
        {
            try
            {
                (SafetensorsFile file, string text) = CheckpointFile.Open(path);
                file.Dispose();
                CheckpointRecord record = CheckpointRecord.Parse(text, path);
                record.Check(Path, _configuration, _inputs);
                CheckLog(record);
                (CheckpointPath, Checkpoint) = (path, record);
                _notes.Add($"{Path}: going on from step {record.Step}");
                RemoveAll([.. damaged, .. Checkpoints().Skip(Kept + damaged.Count)]);
                return;
            }
            catch (InputException exception) when (exception is not CheckpointException { Error: not (CheckpointError.Damaged or CheckpointError.DamagedLog) })
            {
                first = first.Length == 0 ? exception.Message : first;
                damaged.Add(path);
                _notes.Add($"warning: {exception.Message}; looking for the checkpoint before");
            }
        }

        if (damaged.Count > 0)
        {
            throw new CheckpointException(
                CheckpointError.Damaged, $"{first}; no checkpoint before it is whole: remove '{In(CheckpointsName)}' to begin this run anew");
        }
    }

    /// <summary>Compares the log with what the checkpoint says it began with, and takes up its checksum.</summary>
    private void CheckLog(CheckpointRecord record)
    {
        string path = In(MetricsName);
        byte[] log = File.Exists(path) ? File.ReadAllBytes(path) : [];
        if (log.Length >= record.MetricsBytes && record.MetricsBytes >= 0)
        {
            ReadOnlySpan<byte> begin = log.AsSpan(0, (int)record.MetricsBytes);
            if (Convert.ToHexStringLower(XxHash128.Hash(begin)) == record.MetricsChecksum)
            {
                _metricsHash.Append(begin);
                return;
            }
        }

        throw new CheckpointException(
            CheckpointError.DamagedLog,
            $"'{path}': expected {record.MetricsBytes} bytes with the checksum {record.MetricsChecksum} as at step {record.Step}, found {log.Length} bytes that begin otherwise: the log is damaged");
    }

    /// <summary>The checkpoints there are, the newest first.</summary>
    private IEnumerable<string> Checkpoints()
    {
        string folder = In(CheckpointsName);
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, $"{CheckpointPrefix}*{CheckpointEnding}").OrderDescending(StringComparer.Ordinal)
            : [];
    }

    private FileStream OpenLog(string name, long length)
    {
        FileStream log = new(In(name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        try
        {
            log.SetLength(Math.Min(length, log.Length));
            log.Seek(0, SeekOrigin.End);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }
}
