namespace Saltus.Lm.Activations;

/// <summary>
/// Reads the documents of <c>.jsonl</c> files (an object a line: <c>text</c>, and <c>source</c> and <c>title</c> where there are such
/// strings), of <c>.txt</c> files (one document each), of either behind <c>.gz</c> or <c>.zst</c>, of <c>.parquet</c> files (columns of the
/// same names), of <c>.npy</c> files of token ids [documents, tokens], and of folders of these in ordinal order of their names (folders within
/// are not entered). One document, or one row group, at a time is in memory; each enumeration reads the files again.
/// </summary>
public sealed class DocumentReader
{
    /// <summary>The field or column of the text unless another is named.</summary>
    public const string TextColumn = "text";

    private readonly string[] _files;

    /// <summary>Finds the files.</summary>
    /// <param name="paths">Files and folders, read in this order.</param>
    /// <exception cref="DocumentException">A path is not there, has another ending, or is a folder without such files.</exception>
    public DocumentReader(params IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count, nameof(paths));
        _files = [.. paths.SelectMany(DocumentFiles.Find)];
    }

    /// <summary>Gets the field of a <c>.jsonl</c> line and the column of a <c>.parquet</c> file that holds the text; default "text".</summary>
    public string Column { get; init; } = TextColumn;

    /// <summary>Gets which share of the documents is read; null (the default) for all.</summary>
    public DocumentPart? Part { get; init; }

    /// <summary>Gets the files in the order of reading.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Reads all documents, or those of the part.</summary>
    /// <returns>The documents, read as they are asked for.</returns>
    /// <exception cref="InputException">A file cannot be read, or something in it is not a document.</exception>
    public IEnumerable<Document> Read()
    {
        int index = 0;
        foreach (string file in _files)
        {
            foreach (Document document in ReadFile(file, index))
            {
                index = document.Index + 1;
                if (Part is null || Part.Holds(document.Index))
                {
                    yield return document;
                }
            }
        }
    }

    private IEnumerable<Document> ReadFile(string file, int firstIndex) => DocumentFiles.KindOf(file) switch
    {
        DocumentFileKind.Parquet => ParquetDocuments.Read(file, Column, firstIndex),
        DocumentFileKind.Tokens => TokenDocuments.Read(file, firstIndex),
        DocumentFileKind.Text => ReadText(file, firstIndex),
        _ => ReadLines(file, firstIndex),
    };

    private static IEnumerable<Document> ReadText(string file, int index)
    {
        using Utf8Lines lines = new(DocumentFiles.Open(file), file);
        yield return new Document(index, lines.ReadAll(), Source: null, DocumentFiles.Title(file));
    }

    private IEnumerable<Document> ReadLines(string file, int firstIndex)
    {
        using Utf8Lines lines = new(DocumentFiles.Open(file), file);
        int index = firstIndex;
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
            {
                yield return DocumentLine.Parse(line.Span, Column, index, file, lines.LineNumber);
                index++;
            }
        }
    }
}
