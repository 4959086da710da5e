namespace Saltus.Cli;

/// <summary>Looks at a name for a result before long work begins, so that the work is not for nothing.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a name that cannot become a file.</summary>
    /// <param name="path">The file; an old one will be replaced.</param>
    /// <exception cref="InputException">It is a folder, or lies below a file.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new InputException($"--out {path}: expected the name of a file, found a folder; add a name to it");
        }

        for (string? folder = Path.GetDirectoryName(Path.GetFullPath(path)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
            {
                throw new InputException($"--out {path}: expected folders above the file, found the file '{folder}'; give another name");
            }
        }
    }
}
