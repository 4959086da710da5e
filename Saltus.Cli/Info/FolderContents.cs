using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>Describes folders.</summary>
internal static class FolderContents
{
    /// <summary>Describes a folder.</summary>
    /// <param name="path">An existing folder.</param>
    /// <returns>The description; null where the folder is nothing that Saltus knows.</returns>
    public static Contents? TryRead(string path)
    {
        bool Has(string name) => File.Exists(Path.Combine(path, name));
        return Has(SafetensorsSet.SingleName) || Has(SafetensorsSet.IndexName) ? ArrayContents.ReadSet(path) : null;
    }
}
