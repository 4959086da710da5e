using Saltus.Formats;

namespace Saltus.Training;

/// <content>Checksums of what a run came to: by them damage is found before anything is made of it.</content>
public sealed partial class RunFolder
{
    private const string SaeName = "sae";

    /// <summary>Gets the name of the file that holds the checksum of a finished run's log.</summary>
    public static string MetricsChecksumName => "metrics.xxh128";

    /// <summary>Gets the name of the file that holds the checksum of the trained SAE's files.</summary>
    public static string SaeChecksumName => "sae.xxh128";

    /// <summary>Ends the log of a run that came to its end: its checksum is written beside it.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public void Seal()
    {
        WaitForRemoval();
        Sync(_metrics!);
        Sync(_timings!);
        AtomicFile.WriteText(In(MetricsChecksumName), Convert.ToHexStringLower(_metricsHash.GetCurrentHash()) + "\n");
    }

    /// <summary>Compares the log of a finished run with the checksum beside it; a log that has none is left unchecked.</summary>
    /// <param name="path">The run's folder.</param>
    /// <exception cref="CheckpointException">The log is not what the run wrote.</exception>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static void CheckSealed(string path)
    {
        string log = System.IO.Path.Combine(path, MetricsName);
        SealedText.Check(log, System.IO.Path.Combine(path, MetricsChecksumName), CheckpointError.DamagedLog, "the log is damaged; put back a copy, or give the run's sae folder alone");
    }

    /// <summary>Writes the checksum of the SAE in <see cref="SaePath"/> beside it.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public void SealSae() => SealedText.Seal(FilesOfSae(Path), In(SaeChecksumName));

    /// <summary>Compares the SAE of a finished run with the checksum beside it; one that has none is left unchecked.</summary>
    /// <param name="path">The run's folder.</param>
    /// <exception cref="CheckpointException">The SAE is not what the run wrote.</exception>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static void CheckSae(string path)
    {
        (string sae, string seal) = (System.IO.Path.Combine(path, SaeName), System.IO.Path.Combine(path, SaeChecksumName));
        if (!File.Exists(seal))
        {
            return;
        }

        SealedText.Check(
            sae,
            FilesOfSae(path),
            seal,
            CheckpointError.DamagedSae,
            $"the SAE is damaged or edited; put back a copy, or remove '{sae}' and give the command that trained it: it goes on from the newest checkpoint");
    }

    /// <summary>What makes the SAE; a person's notes beside it do not.</summary>
    private static string[] FilesOfSae(string path)
    {
        IEnumerable<string> files = Directory.EnumerateFiles(System.IO.Path.Combine(path, SaeName));
        return [.. files.Where(file => System.IO.Path.GetExtension(file) is ".json" or ".safetensors").Order(StringComparer.Ordinal)];
    }
}
