using Saltus.Cli.Releases;
using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Finds the SAE that a path means: its own folder, or the one inside a run.</summary>
internal static class SaeFolder
{
    private const string InsideRun = "sae";

    /// <summary>Reads an SAE.</summary>
    /// <param name="path">The folder or file of an SAE, the folder of a run, or the name of a published SAE that was pulled.</param>
    /// <param name="hints">What is known beside the files; null for nothing, or for what the list of releases says.</param>
    /// <returns>The SAE; the caller disposes it.</returns>
    /// <exception cref="InputException">There is none, or it cannot be read.</exception>
    public static LoadedSae Read(string path, SaeHints? hints = null)
    {
        (string found, SaeHints known) = Locate(path);
        return SaeReader.Read(found, hints ?? known);
    }

    /// <summary>Gets where an SAE lies and what is known beside its files.</summary>
    /// <param name="given">The folder or file of an SAE, the folder of a run, or the name of a published SAE that was pulled.</param>
    /// <returns>The path, and what the list of releases says.</returns>
    /// <exception cref="InputException">There is no such path or name, or its files were not pulled.</exception>
    public static (string Path, SaeHints Hints) Locate(string given) =>
        PulledSae.Find(given) is PulledSae pulled ? (pulled.Path, pulled.Sae.Hints) : (Find(given), new SaeHints());

    /// <summary>Gets the folder or file that is the SAE itself.</summary>
    /// <param name="path">The folder or file of an SAE, or the folder of a run.</param>
    /// <returns>The path itself, or the folder inside it, whose files are those that the run wrote.</returns>
    /// <exception cref="InputException">There is no such path, or the SAE of the run is damaged.</exception>
    public static string Find(string path)
    {
        if (!Path.Exists(path))
        {
            throw new InputException($"'{path}': expected the folder of an SAE, or the name of one that was pulled, found neither; check it");
        }

        string inside = Path.Combine(path, InsideRun);
        if (SaeReader.IsSae(path) || !SaeReader.IsSae(inside))
        {
            return path;
        }

        RunFolder.CheckSae(path);
        return inside;
    }
}
