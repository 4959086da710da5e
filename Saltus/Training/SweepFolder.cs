using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// The folder of a sweep: <c>sweep.json</c> declares it, <c>runs/</c> holds a run folder an SAE, <c>results.csv</c>, <c>results.json</c> and
/// <c>report.html</c> what came out. One process at a time. Each SAE keeps its own checkpoints: a kill between two of them is as good as any other.
/// </summary>
public sealed class SweepFolder : IDisposable
{
    private const string MembersName = "runs";
    private readonly FolderLock _lock;

    private SweepFolder(string path, FolderLock folderLock) => (Path, _lock) = (path, folderLock);

    /// <summary>Gets the name of the file that declares, and repeats, the sweep.</summary>
    public static string ConfigurationName => "sweep.json";

    /// <summary>Gets the name of the file that holds the checksum of the declaration.</summary>
    public static string ConfigurationChecksumName => "sweep.xxh128";

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets where the results as JSON go.</summary>
    public string ResultsPath => System.IO.Path.Combine(Path, "results.json");

    /// <summary>Gets where the table goes: the last file that a sweep writes.</summary>
    public string TablePath => TableOf(Path);

    /// <summary>Gets where the report goes.</summary>
    public string ReportPath => System.IO.Path.Combine(Path, RunFolder.ReportName);

    /// <summary>Opens the folder of a new sweep, or of one that was interrupted.</summary>
    /// <param name="path">Absent, empty, or an interrupted sweep of the same declaration.</param>
    /// <param name="sweep">The declaration, its site and context filled in.</param>
    /// <returns>The open folder; no other process can open it meanwhile.</returns>
    /// <exception cref="CheckpointException">The declaration is another.</exception>
    /// <exception cref="InputException">There is something else in the folder, another process is writing it, or it cannot be made.</exception>
    public static SweepFolder Open(string path, SweepConfiguration sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        CheckFree(path);
        SweepFolder folder = new(path, FolderLock.Take(path));
        try
        {
            FolderLock.RemoveTemporaries(path);
            string file = System.IO.Path.Combine(path, ConfigurationName);
            if (!File.Exists(file))
            {
                SealedText.Write(file, System.IO.Path.Combine(path, ConfigurationChecksumName), SweepConfigurationJson.Write(sweep));
            }
            else if (SweepConfigurationJson.FirstDifference(ReadConfiguration(path), sweep) is (string key, string expected, string found))
            {
                throw new CheckpointException(
                    CheckpointError.OtherConfiguration,
                    $"'{path}': {key}: expected {expected} as in the interrupted sweep there, found {found}; give the same settings, or another folder");
            }

            return folder;
        }
        catch (Exception exception)
        {
            folder._lock.DisposeAndClear();
            if (FileErrors.IsFromFileSystem(exception))
            {
                throw FileErrors.Writing(path, exception);
            }

            throw;
        }
    }

    /// <summary>Reads the declaration of a sweep and compares it with the checksum beside it; one that has none is left unchecked.</summary>
    /// <param name="path">Its folder.</param>
    /// <returns>The declaration.</returns>
    /// <exception cref="CheckpointException">It is not what the sweep wrote.</exception>
    /// <exception cref="InputException">There is no sweep.</exception>
    public static SweepConfiguration ReadConfiguration(string path)
    {
        string file = System.IO.Path.Combine(path, ConfigurationName);
        if (!File.Exists(file))
        {
            throw new InputException($"'{path}': expected the folder of a sweep, found no {ConfigurationName} in it; check the path");
        }

        SealedText.Check(
            file, System.IO.Path.Combine(path, ConfigurationChecksumName), CheckpointError.DamagedConfiguration, "the declaration is damaged or edited; put back a copy");
        return SweepConfigurationJson.Read(file);
    }

    /// <summary>Whether a sweep came to its end: its table is there.</summary>
    /// <param name="path">Its folder.</param>
    /// <returns>Whether nothing is left to do.</returns>
    public static bool IsFinished(string path) => File.Exists(TableOf(path));

    /// <summary>Refuses a folder that holds something other than an interrupted sweep, before long work begins.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InputException">It is a file, a finished sweep, or holds other files.</exception>
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

        bool isSweep = File.Exists(System.IO.Path.Combine(path, ConfigurationName));
        if (isSweep && IsFinished(path))
        {
            throw new InputException($"--out {path}: expected a new or empty folder, or an interrupted sweep, got a finished one; give another name or remove it");
        }

        if (!isSweep && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsOurs(System.IO.Path.GetFileName(entry))))
        {
            throw new InputException($"--out {path}: expected a new or empty folder, got one with files in it; give another name or remove it");
        }
    }

    /// <summary>Gets the run folder of an SAE.</summary>
    /// <param name="member">The SAE.</param>
    /// <returns>Its path.</returns>
    public string PathOf(SweepMember member) => System.IO.Path.Combine(Path, MembersName, member.Name);

    /// <summary>Removes what was written of a sweep that could not begin, and the folder unless it was there before.</summary>
    public void Discard()
    {
        string members = System.IO.Path.Combine(Path, MembersName);
        if (Directory.Exists(members) && Directory.EnumerateFileSystemEntries(members).Any())
        {
            return;
        }

        if (Directory.Exists(members))
        {
            Directory.Delete(members);
        }

        File.Delete(System.IO.Path.Combine(Path, ConfigurationName));
        File.Delete(System.IO.Path.Combine(Path, ConfigurationChecksumName));
        _lock.DisposeAndClear();
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static string TableOf(string path) => System.IO.Path.Combine(path, "results.csv");

    /// <summary>Whether a name is one that an interruption can leave before there is a declaration.</summary>
    private static bool IsOurs(string name) => name == FolderLock.FileName || name == ConfigurationChecksumName || name.StartsWith(".saltus-", StringComparison.Ordinal);
}
