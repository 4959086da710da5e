using Saltus.Formats;
using Saltus.Lm.Activations;

namespace Saltus.Cli;

/// <summary>
/// Text as commands take it: files and folders, and standard input, whose lines are kept in a temporary file, because passes over the text and
/// its checksum read it more than once.
/// </summary>
internal sealed class TextInput : IDisposable
{
    private const string StandardInput = "-";

    private readonly string? _spooled;

    /// <summary>Finds the files.</summary>
    /// <param name="given">Paths, or "-".</param>
    /// <param name="column">Where the text stands in a line or table; null for the default.</param>
    /// <param name="part">Which share of the documents is read; null for all.</param>
    /// <exception cref="InputException">A file is not there, or is none that is read.</exception>
    public TextInput(IReadOnlyList<string> given, string? column = null, DocumentPart? part = null)
    {
        Name = string.Join(", ", given.Select(path => path == StandardInput ? "standard input" : Path.GetFileName(Path.TrimEndingDirectorySeparator(path))));
        string[] paths = [.. given];
        if (Array.IndexOf(paths, StandardInput) is >= 0 and int at)
        {
            paths[at] = _spooled = Spool();
        }

        try
        {
            Documents = new DocumentReader(paths) { Part = part, Column = column ?? DocumentReader.TextColumn };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gets the text's name, for people.</summary>
    public string Name { get; }

    /// <summary>Gets the documents.</summary>
    public DocumentReader Documents { get; }

    /// <summary>Gets the checksum of the files.</summary>
    public string Checksum() => FileChecksum.Compute(Documents.Files);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_spooled is not null)
        {
            File.Delete(_spooled);
        }
    }

    private static string Spool()
    {
        string path = Path.Combine(Path.GetTempPath(), $"saltus-stdin-{Path.GetRandomFileName()}.jsonl");
        try
        {
            using Stream input = Console.OpenStandardInput();
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            input.CopyTo(file);
            return path;
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            File.Delete(path);
            throw FileErrors.Writing(path, exception);
        }
    }
}
