namespace Saltus.Formats;

/// <summary>
/// Keeps a second process out of a folder that one is writing: an empty file <c>.lock</c> in it, held by the operating system for as long as the
/// process lives, so that a kill leaves no lock behind. The file stays: deleting it would let two processes hold locks on two files of one name.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = ".lock";

    private readonly string _folder;
    private readonly string[] _made;
    private readonly FileStream _file;

    private FolderLock(string folder, string[] made, FileStream file) => (_folder, _made, _file) = (folder, made, file);

    /// <summary>Makes the folder where it is missing and takes the lock, or refuses at once.</summary>
    /// <param name="folder">A new or existing folder.</param>
    /// <returns>The lock; disposing it frees it.</returns>
    /// <exception cref="InputException">Another process holds it, or the folder cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        string[] made = Missing(folder);
        try
        {
            Directory.CreateDirectory(folder);
            return new FolderLock(folder, made, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path) && CanWrite(folder))
        {
            throw new InputException($"'{folder}': expected a folder that no other process is writing, found its {FileName} held by one; wait for it, or choose another folder", exception);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            RemoveEmpty(made);
            throw FileErrors.Writing(path, exception);
        }
    }

    /// <summary>Frees the lock, and where nothing else is in the folder takes back the lock's file and the folders that were made for it.</summary>
    public void DisposeAndClear()
    {
        Dispose();
        try
        {
            if (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).All(entry => Path.GetFileName(entry) == FileName))
            {
                File.Delete(Path.Combine(_folder, FileName));
                RemoveEmpty(_made);
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            // What ended the work is the failure to report; an empty folder that stays adds nothing to it.
        }
    }

    /// <summary>Removes what writes that were killed left behind; only under the lock.</summary>
    /// <param name="folder">The folder.</param>
    public static void RemoveTemporaries(string folder)
    {
        try
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(folder, AtomicFile.TemporaryPattern).ToArray())
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(folder, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The folders that do not exist yet, the innermost first.</summary>
    private static string[] Missing(string folder)
    {
        List<string> missing = [];
        for (string? path = Path.GetFullPath(folder); path is not null && !Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            missing.Add(path);
        }

        return [.. missing];
    }

    private static void RemoveEmpty(string[] folders)
    {
        foreach (string folder in folders)
        {
            if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    /// <summary>Whether the folder takes a new file: then only another process can be why the lock could not be had.</summary>
    private static bool CanWrite(string folder)
    {
        string probe = AtomicFile.TemporaryName(folder);
        try
        {
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            return false;
        }
    }
}
