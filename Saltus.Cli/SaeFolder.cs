using Saltus.Formats;

namespace Saltus.Cli;

/// <summary>Finds the SAE that a path means: its own folder, or the one inside a run.</summary>
internal static class SaeFolder
{
    private const string InsideRun = "sae";

    /// <summary>Reads an SAE.</summary>
    /// <param name="path">The folder or file of an SAE, or the folder of a run.</param>
    /// <param name="hints">What is known beside the files; null for nothing.</param>
    /// <returns>The SAE; the caller disposes it.</returns>
    /// <exception cref="InputException">There is none, or it cannot be read.</exception>
    public static LoadedSae Read(string path, SaeHints? hints = null) => SaeReader.Read(Find(path), hints);

    /// <summary>Gets the folder or file that is the SAE itself.</summary>
    /// <param name="path">The folder or file of an SAE, or the folder of a run.</param>
    /// <returns>The path itself, or the folder inside it.</returns>
    /// <exception cref="InputException">There is no such path.</exception>
    public static string Find(string path)
    {
        if (!Path.Exists(path))
        {
            throw new InputException($"'{path}': expected the folder of an SAE, found no such folder; check the path");
        }

        string inside = Path.Combine(path, InsideRun);
        return !SaeReader.IsSae(path) && SaeReader.IsSae(inside) ? inside : path;
    }
}
