using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>
/// Reads the documents of <c>.jsonl</c> files (an object a line: <c>text</c>, and <c>source</c> and <c>title</c> where there are such
/// strings), of <c>.txt</c> files (one document each), of either behind <c>.gz</c>, and of folders of these in ordinal order of their
/// names (folders within are not entered). One document at a time is in memory; each enumeration reads the files again.
/// </summary>
public sealed class DocumentReader
{
    private const string Endings = ".jsonl, .jsonl.gz, .txt or .txt.gz";
    private readonly string[] _files;

    /// <summary>Finds the files.</summary>
    /// <param name="paths">Files and folders, read in this order.</param>
    /// <exception cref="DocumentException">A path is not there, has another ending, or is a folder without such files.</exception>
    public DocumentReader(params IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        _files = [.. paths.SelectMany(FilesOf)];
    }

    /// <summary>Gets the files in the order of reading.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Reads all documents.</summary>
    /// <returns>The documents, read as they are asked for.</returns>
    /// <exception cref="DocumentException">A file cannot be read, or a line of it is not a document.</exception>
    public IEnumerable<Document> Read()
    {
        int index = 0;
        foreach (string file in _files)
        {
            foreach (Document document in ReadFile(file, index))
            {
                yield return document;
                index++;
            }
        }
    }

    private static string[] FilesOf(string path)
    {
        if (Directory.Exists(path))
        {
            string[] found = [.. Directory.EnumerateFiles(path).Where(HasEnding).Order(StringComparer.Ordinal)];
            return found.Length > 0
                ? found
                : throw new DocumentException(DocumentError.NoFile, $"'{path}': expected a folder with files {Endings}, found none of them in it");
        }

        if (!File.Exists(path))
        {
            throw new DocumentException(DocumentError.NoFile, $"'{path}': expected a text file or a folder of them, found nothing there; check the path");
        }

        return HasEnding(path)
            ? [path]
            : throw new DocumentException(
                DocumentError.NoFile, $"'{path}': expected a file {Endings}, found '{Path.GetExtension(path)}'; rename or convert it");
    }

    private static bool HasEnding(string path) => IsLines(path) || Plain(path).EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    private static bool IsLines(string path) => Plain(path).EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    private static bool IsGzip(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string Plain(string path) => IsGzip(path) ? path[..^".gz".Length] : path;

    private static IEnumerable<Document> ReadFile(string file, int firstIndex)
    {
        using Utf8Lines lines = new(Open(file), file);
        if (!IsLines(file))
        {
            string title = Path.GetFileNameWithoutExtension(Plain(file));
            yield return new Document(firstIndex, lines.ReadAll(), Source: null, title);
            yield break;
        }

        int index = firstIndex;
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            if (!IsBlank(line.Span))
            {
                yield return DocumentLine.Parse(line.Span, index, file, lines.LineNumber);
                index++;
            }
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r"u8);

    private static Stream Open(string file)
    {
        try
        {
            return IsGzip(file) ? GzipReader.Open(file) : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException(DocumentError.Unreadable, $"'{file}': cannot be read: {exception.Message}", exception);
        }
    }
}
