namespace Saltus.Formats;

/// <summary>
/// Writes a folder of several files whole or not at all: filled under a temporary name beside the target, then renamed.
/// An existing folder is replaced only if it holds nothing that the new one does not hold: nobody's other files are ever removed.
/// </summary>
public static class AtomicFolder
{
    /// <summary>Writes a folder.</summary>
    /// <param name="path">The folder; its parent is created if need be.</param>
    /// <param name="fill">Writes the files into the folder whose path it is given.</param>
    /// <exception cref="InputException">The file system refused, or the target holds files that are not ours to replace.</exception>
    public static void Write(string path, Action<string> fill)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(fill);
        string? temporary = null;
        try
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            string parent = Path.GetDirectoryName(full) ?? throw new IOException("a folder name is missing");
            Directory.CreateDirectory(parent);
            temporary = AtomicFile.TemporaryName(parent);
            Directory.CreateDirectory(temporary);
            fill(temporary);
            Replace(full, temporary);
            temporary = null;
            DiskFlush.WaitFolder(parent);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(path, exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Replace(string target, string filled)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(filled, target);
            return;
        }

        string? stranger = Directory.EnumerateFileSystemEntries(target)
            .Select(Path.GetFileName)
            .Where(name => !Path.Exists(Path.Combine(filled, name!)))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        if (stranger is not null)
        {
            throw new InputException($"'{target}': expected a new or empty folder, found '{stranger}' in it; choose another folder");
        }

        string aside = AtomicFile.TemporaryName(Path.GetDirectoryName(target)!);
        Directory.Move(target, aside);
        try
        {
            Directory.Move(filled, target);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            Directory.Move(aside, target);
            throw;
        }

        Remove(aside);
    }

    private static void Remove(string? folder)
    {
        try
        {
            if (folder is not null && Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            // The first failure is the one to report; a temporary that cannot be deleted adds nothing to it.
        }
    }
}
