using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Training;

namespace Saltus.Cli.Info;

/// <summary>Describes folders.</summary>
internal static class FolderContents
{
    private const string TokenizerName = "tokenizer.json";

    /// <summary>Describes a folder.</summary>
    /// <param name="path">An existing folder.</param>
    /// <param name="hints">What is known beside the files, if it is an SAE.</param>
    /// <returns>The description; null where the folder is nothing that Saltus knows.</returns>
    public static Contents? TryRead(string path, SaeHints hints)
    {
        if (hints.Loader is not null || SaeReader.IsSae(path))
        {
            return SaeContents.Read(path, hints);
        }

        if (Has(path, ActivationStoreIndex.FileName))
        {
            return StoreContents.Read(path);
        }

        if (Has(path, RunFolder.MetricsName) && Has(path, RunFolder.ConfigurationName))
        {
            return RunContents.Read(path);
        }

        bool hasWeights = Has(path, SafetensorsSet.SingleName) || Has(path, SafetensorsSet.IndexName);
        if (hasWeights && Has(path, LanguageModel.ConfigurationName))
        {
            return ModelContents.Read(path);
        }

        return hasWeights ? ArrayContents.ReadSet(path)
            : Has(path, TokenizerName) || Has(path, TokenizerName + ".gz") ? TokenizerContents.Read(path)
            : null;
    }

    private static bool Has(string folder, string name) => File.Exists(Path.Combine(folder, name));
}
