using System.Text.Json;

namespace Saltus.Formats;

/// <summary>An SAE in one torch file, without or beside a configuration: known by the names of its entries, by the file's name, or by the hints.</summary>
internal abstract class TorchSaeFormat : SaeFormat
{
    /// <summary>The torch file that is meant: the path itself, or the only one of a folder; null without one.</summary>
    public static string? FileOf(SaePlace place)
    {
        if (place.IsFile)
        {
            return IsTorch(place.Path) ? place.Path : null;
        }

        string[] found = Directory.Exists(place.Folder) ? [.. Directory.EnumerateFiles(place.Folder).Where(IsTorch).Take(2)] : [];
        return found.Length == 1 ? found[0] : null;
    }

    public override bool Recognizes(SaePlace place)
    {
        if (FileOf(place) is not string path)
        {
            return false;
        }

        try
        {
            using TorchFile file = TorchFile.Open(path);
            return Matches(Path.GetFileName(path), file);
        }
        catch (InputException)
        {
            // Of a file that was named, reading says what is wrong with it.
            return place.IsFile;
        }
    }

    public override LoadedSae Read(SaePlace place)
    {
        string path = FileOf(place) ?? throw new SaeFormatException(
            SaeFormatError.FileMissing, $"'{place.Path}': expected one .pt or .pth file, found none or several; name the file itself");
        using TorchFile file = TorchFile.Open(place.IsFile ? place.UseFile() : place.Use(Path.GetFileName(path)));
        return Read(place, file);
    }

    /// <summary>Whether a file of this name with these entries is of this format.</summary>
    protected abstract bool Matches(string fileName, TorchFile file);

    protected abstract LoadedSae Read(SaePlace place, TorchFile file);

    /// <summary>Refuses entries that are not tensors and whose names are none of the known ones.</summary>
    protected static void CheckOthers(TorchFile file, params ReadOnlySpan<string> known)
    {
        foreach (string name in file.OtherNames)
        {
            if (!known.Contains(name))
            {
                throw new SaeFormatException(
                    SaeFormatError.TensorUnknown,
                    $"entry '{TorchObjects.Quote(name)}' in '{file.Source}': expected a tensor, found {TorchObjects.Describe(file.Value(name))}; it is not dropped, because it could change the result");
            }
        }
    }

    /// <summary>Compares sizes that a list of releases gives with those of the file; another key is refused unless the caller reads it.</summary>
    protected static void CheckOverrides(SaePlace place, int width, int latents, params ReadOnlySpan<string> known)
    {
        if (place.Hints.ConfigOverrides is not JsonElement overrides)
        {
            return;
        }

        JsonFields fields = JsonFields.FromElement(overrides, $"{place.Root}: config_overrides");
        foreach (string key in fields.Keys)
        {
            int size = key == "d_in" ? width : key == "d_sae" ? latents : 0;
            if (size == 0 ? !known.Contains(key) : fields.GetInt32(key) != size)
            {
                throw fields.Invalid(key, size == 0 ? "no such key for this format" : $"{size} as in the file");
            }
        }
    }

    private static bool IsTorch(string path) => Path.GetExtension(path) is ".pt" or ".pth";
}
