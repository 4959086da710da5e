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

        SealedText.Check(file, System.IO.Path.Combine(path, ConfigurationChecksumName), CheckpointError.DamagedConfiguration, "the settings are damaged or edited; put back a copy");
        return RunConfigurationJson.Read(file);
    }

    private void WriteConfiguration() => SealedText.Write(In(ConfigurationName), In(ConfigurationChecksumName), RunConfigurationJson.Write(_configuration));

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
