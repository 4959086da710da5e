namespace Saltus.Formats;

/// <summary>Where an SAE lies and what is known about it; remembers which files were asked for.</summary>
internal sealed class SaePlace
{
    private const int MostInner = 3;
    private readonly SortedSet<string> _files = new(StringComparer.Ordinal);

    /// <param name="path">A folder or a file, or the root of a repository whose place inside the hints name.</param>
    /// <param name="hints">What is known.</param>
    public SaePlace(string path, SaeHints hints)
    {
        Hints = hints;
        Path = Inside(path, hints.FolderName) ?? path;
        Root = path;
        IsFile = File.Exists(Path);
        Folder = IsFile ? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))! : Path;
    }

    public SaeHints Hints { get; }

    /// <summary>The folder or file of the SAE.</summary>
    public string Path { get; }

    /// <summary>What was given, before the hints' place inside was looked for.</summary>
    public string Root { get; }

    public bool IsFile { get; }

    /// <summary>The folder itself, or the one that the file is in.</summary>
    public string Folder { get; }

    /// <summary>The name of the file; empty for a folder.</summary>
    public string FileName => IsFile ? System.IO.Path.GetFileName(Path) : string.Empty;

    /// <summary>The place inside the repository: by the hints, else the path itself, with / between folders.</summary>
    public string FolderName => (Hints.FolderName ?? Path).Replace('\\', '/');

    /// <summary>The last folders of <see cref="FolderName"/>: what a repository calls them, and not where a user put the repository.</summary>
    public IEnumerable<string> InnerFolders => FolderName.Split('/', StringSplitOptions.RemoveEmptyEntries).TakeLast(MostInner);

    public IEnumerable<string> Files => _files;

    /// <summary>Whether the folder holds a file.</summary>
    public bool Has(string name) => File.Exists(System.IO.Path.Combine(Folder, name));

    /// <summary>Whether a safetensors file in the folder has a tensor; false where it cannot be read.</summary>
    public bool HasTensor(string name, string tensor)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(System.IO.Path.Combine(Folder, name));
            return file.Find(tensor) is not null;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>The full path of a file in the folder, which is about to be read.</summary>
    /// <exception cref="SaeFormatException">There is none.</exception>
    public string Use(string name)
    {
        string path = System.IO.Path.Combine(Folder, name);
        if (!File.Exists(path))
        {
            throw new SaeFormatException(SaeFormatError.FileMissing, $"'{Folder}': expected a file {name}, found none");
        }

        _files.Add(System.IO.Path.GetFullPath(path));
        return path;
    }

    /// <summary>The path of the file itself, which is about to be read.</summary>
    public string UseFile()
    {
        _files.Add(System.IO.Path.GetFullPath(Path));
        return Path;
    }

    /// <summary>The place of a folder name below a root: as it is, or with the ending that some lists leave out.</summary>
    private static string? Inside(string root, string? folderName)
    {
        if (string.IsNullOrEmpty(folderName) || !Directory.Exists(root))
        {
            return null;
        }

        string inside = System.IO.Path.Combine(root, folderName);
        return System.IO.Path.Exists(inside) ? inside : File.Exists(inside + ".safetensors") ? inside + ".safetensors" : null;
    }
}
