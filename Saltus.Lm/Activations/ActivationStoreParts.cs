using System.Globalization;
using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>
/// Stores that several processes make of one corpus, each its part of the documents in a folder of its own inside a common one. When all are
/// whole, an index in the common folder names the shards of all: nothing is copied, and the folder is a store like any other.
/// </summary>
internal static class ActivationStoreParts
{
    /// <summary>Gets the folder of a part.</summary>
    public static string Folder(string root, DocumentPart part) => Path.Combine(root, Name(part.Number, part.Of));

    /// <summary>Refuses a common folder that holds something else than parts of the same number.</summary>
    /// <exception cref="ActivationStoreException">It does.</exception>
    public static void CheckRoot(string root, DocumentPart part)
    {
        string[] own = [ActivationStoreIndex.FileName, FolderLock.FileName, .. Enumerable.Range(1, part.Of).Select(number => Name(number, part.Of))];
        string? stranger = !Directory.Exists(root) ? null : Directory.EnumerateFileSystemEntries(root)
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)
            .FirstOrDefault(name => !own.Contains(name, StringComparer.Ordinal) && !name.StartsWith(".saltus-", StringComparison.Ordinal));
        if (stranger is not null)
        {
            throw new ActivationStoreException(
                ActivationStoreError.FolderInUse, $"'{root}': expected a new folder, or parts of {part.Of} of one harvest, found '{stranger}' in it; choose another folder");
        }
    }

    /// <summary>Writes the common index if every part is whole.</summary>
    /// <param name="root">The common folder.</param>
    /// <param name="of">How many parts there are.</param>
    /// <returns>The index; null while a part is missing or not whole.</returns>
    /// <exception cref="ActivationStoreException">Two parts were made with different settings.</exception>
    public static ActivationStoreIndex? Merge(string root, int of)
    {
        List<StoreShard> shards = [];
        ActivationStoreSettings? common = null;
        long? vectors = 0;
        for (int number = 1; number <= of; number++)
        {
            string folder = Path.Combine(root, Name(number, of));
            if (!File.Exists(Path.Combine(folder, ActivationStoreIndex.FileName)) || ActivationStoreIndex.Read(folder) is not { Complete: true } index)
            {
                return null;
            }

            vectors += index.Settings.Vectors;
            ActivationStoreSettings settings = index.Settings with { Part = null, Vectors = null, MostVectors = null };
            common ??= settings;
            CheckSame(folder, settings, common);
            shards.AddRange(index.Shards.Select(shard => shard with { File = $"{Name(number, of)}/{shard.File}" }));
        }

        ActivationStoreIndex merged = new(common! with { Parts = of, Vectors = vectors }, shards, Complete: true);
        merged.Write(root);
        return merged;
    }

    /// <summary>Whether a shard's file name is one that a merged index may hold.</summary>
    public static bool IsShardOfPart(string file, int of)
    {
        // Read from the name, not searched among all parts: their number is the file's own claim.
        string[] sides = file.Split('/');
        return sides.Length == 2 && sides[0].Split('-') is { Length: 4 } words
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= of && sides[0] == Name(number, of)
            && sides[1].Length > 0 && sides[1] is not ("." or "..") && !sides[1].Contains('\\', StringComparison.Ordinal);
    }

    private static string Name(int number, int of) => $"part-{number:00000}-of-{of:00000}";

    private static void CheckSame(string folder, ActivationStoreSettings settings, ActivationStoreSettings common)
    {
        foreach (((string key, object? found), (_, object? expected)) in settings.Fields().Zip(common.Fields()))
        {
            if (!Equals(found, expected))
            {
                throw new ActivationStoreException(
                    ActivationStoreError.OtherSettings,
                    $"'{folder}': {key}: expected {expected ?? "none"} as in the other parts, found {found ?? "none"}; harvest that part again with the settings of the others");
            }
        }
    }
}
