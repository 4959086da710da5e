using Saltus.Formats;

namespace Saltus.Cli.Hub;

/// <summary>
/// The cache of <c>huggingface_hub</c>, read and written as it does: <c>models--org--name/</c> with <c>blobs/TAG</c> (contents),
/// <c>refs/REVISION</c> (a commit) and <c>snapshots/COMMIT/PATH</c> (links to blobs). What either tool fetched, the other finds.
/// </summary>
/// <param name="root">The cache's folder.</param>
internal sealed class HubCache(string root)
{
    /// <summary>Ending of a blob that has not come whole yet.</summary>
    private const string PartialEnding = ".incomplete";

    /// <summary>Finds what is on this machine of a repository.</summary>
    /// <param name="name">The repository.</param>
    /// <returns>The folder of the snapshot; null where there is none.</returns>
    public string? FindSnapshot(HubName name)
    {
        string reference = ReferencePath(name);
        string commit = name.IsCommit ? name.Revision : File.Exists(reference) ? File.ReadAllText(reference).Trim() : string.Empty;
        string folder = SnapshotPath(name, commit);
        return commit.Length > 0 && Directory.Exists(folder) ? folder : null;
    }

    /// <summary>Gets the folder of a commit's files.</summary>
    public string SnapshotPath(HubName name, string commit) => Path.Combine(Folder(name), "snapshots", commit);

    /// <summary>Gets the path of a content.</summary>
    public string BlobPath(HubName name, string tag) => Path.Combine(Folder(name), "blobs", tag);

    /// <summary>Gets the path of a content that has not come whole yet.</summary>
    public string PartialPath(HubName name, string tag) => BlobPath(name, tag) + PartialEnding;

    /// <summary>Gets the path of the file that keeps two processes from fetching one content.</summary>
    public string LockPath(HubName name, string tag) => Path.Combine(root, ".locks", name.FolderName, tag + ".lock");

    /// <summary>Gets whether a file of a commit is there already.</summary>
    public bool Holds(HubName name, string commit, string path) => File.Exists(Path.Combine(SnapshotPath(name, commit), path));

    /// <summary>Lets a commit's file point to its content.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public void Link(HubName name, string commit, HubFile file)
    {
        string path = Path.Combine(SnapshotPath(name, commit), file.Path);
        try
        {
            string folder = Path.GetDirectoryName(path)!;
            Directory.CreateDirectory(folder);
            if (!File.Exists(path))
            {
                // A link whose content is gone is no file, and is in the way.
                File.Delete(path);
                File.CreateSymbolicLink(path, Path.GetRelativePath(folder, BlobPath(name, file.Tag)));
            }
        }
        catch (IOException) when (OperatingSystem.IsWindows())
        {
            // Links need a right that not every account has there: huggingface_hub copies too.
            AtomicFile.Write(path, target =>
            {
                using FileStream content = File.OpenRead(BlobPath(name, file.Tag));
                content.CopyTo(target);
            });
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(path, exception);
        }
    }

    /// <summary>Remembers which commit a revision means.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public void WriteReference(HubName name, string commit)
    {
        if (!name.IsCommit)
        {
            string path = ReferencePath(name);
            CreateFolder(Path.GetDirectoryName(path)!);
            AtomicFile.WriteText(path, commit);
        }
    }

    /// <summary>Makes the folder in which a file will stand.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(folder, exception);
        }
    }

    private string Folder(HubName name) => Path.Combine(root, name.FolderName);

    private string ReferencePath(HubName name) => Path.Combine(Folder(name), "refs", name.Revision);
}
