using System.IO.Hashing;
using System.Text;
using Saltus.Formats;

namespace Saltus.Training;

/// <content>The settings of a run: <c>config.json</c>, and beside it the checksum by which a flipped bit in them is found.</content>
public sealed partial class RunFolder
{
    /// <summary>Gets the name of the file that repeats the run.</summary>
    public static string ConfigurationName => "config.json";

    /// <summary>Gets the name of the file that holds the checksum of the settings.</summary>
    public static string ConfigurationChecksumName => "config.xxh128";

    /// <summary>Reads the settings of a run and compares them with the checksum beside them; those that have none are left unchecked.</summary>
    /// <param name="path">Its folder.</param>
    /// <returns>Its knobs.</returns>
    /// <exception cref="CheckpointException">They are not what the run wrote.</exception>
    /// <exception cref="InputException">There is no run.</exception>
    public static RunConfiguration ReadConfiguration(string path)
    {
        string file = System.IO.Path.Combine(path, ConfigurationName);
        if (!File.Exists(file))
        {
            throw new InputException($"'{path}': expected the folder of a run, found no {ConfigurationName} in it; check the path");
        }

        CheckSeal(file, System.IO.Path.Combine(path, ConfigurationChecksumName), CheckpointError.DamagedConfiguration, "the settings are damaged or edited; put back a copy");
        return RunConfigurationJson.Read(file);
    }

    /// <summary>Compares a file with the checksum beside it; one that has none is left unchecked.</summary>
    private static void CheckSeal(string path, string seal, CheckpointError error, string advice)
    {
        if (!File.Exists(seal))
        {
            return;
        }

        string expected = ReadSeal(seal);
        string found = FileChecksum.Compute(path);
        if (found != expected)
        {
            throw new CheckpointException(error, $"'{path}': expected the checksum {expected} of {System.IO.Path.GetFileName(seal)}, found {found}: {advice}");
        }
    }

    private static string ReadSeal(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd().ReplaceLineEndings(" ");
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }
    }

    private void WriteConfiguration()
    {
        string text = RunConfigurationJson.Write(_configuration);
        string seal = In(ConfigurationChecksumName);

        // The checksum first: settings are never without theirs, and a folder with nothing but a checksum is begun anew.
        AtomicFile.WriteText(seal, Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text))) + "\n");
        try
        {
            AtomicFile.WriteText(In(ConfigurationName), text);
        }
        catch (InputException)
        {
            File.Delete(seal);
            throw;
        }
    }

    private void CheckConfiguration(RunConfiguration begun)
    {
        if (RunConfigurationJson.FirstDifference(begun, _configuration) is (string key, string expected, string found))
        {
            throw new CheckpointException(
                CheckpointError.OtherConfiguration,
                $"'{Path}': {key}: expected {expected} as in the interrupted run there, found {found}; give the same settings, or another folder");
        }
    }
}
