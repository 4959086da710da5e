using Saltus.Formats;

namespace Saltus.Cli;

/// <summary>Finds the SAE that a path means: its own folder, or the one inside a run.</summary>
internal static class SaeFolder
{
    private const string InsideRun = "sae";

    /// <summary>Reads an SAE.</summary>
    /// <param name="path">The folder of an SAE or of a run.</param>
    /// <returns>The SAE; the caller disposes it.</returns>
    /// <exception cref="InputException">There is none, or it cannot be read.</exception>
    public static LoadedSae Read(string path) => SaeLensReader.Read(Find(path));

    /// <summary>Gets the folder that holds the SAE's own files.</summary>
    /// <param name="path">The folder of an SAE or of a run.</param>
    /// <returns>The folder itself, or the one inside it.</returns>
    /// <exception cref="InputException">There is no such folder.</exception>
    public static string Find(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new InputException($"'{path}': expected the folder of an SAE, found {(File.Exists(path) ? "a file" : "no such folder")}; check the path");
        }

        string inside = Path.Combine(path, InsideRun);
        return !SaeLensReader.IsSaeLensFolder(path) && SaeLensReader.IsSaeLensFolder(inside) ? inside : path;
    }
}
