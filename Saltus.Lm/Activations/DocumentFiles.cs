using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>Finds the files of a corpus and opens them: what an ending means, and what stands before the text.</summary>
internal static class DocumentFiles
{
    private const string Endings = ".jsonl or .txt (also .gz, .zst), .parquet or .npy";

    /// <summary>Gets the files that paths name: a file itself, a folder's files in ordinal order of their names.</summary>
    /// <exception cref="DocumentException">A path is not there, has another ending, or is a folder without such files.</exception>
    public static IEnumerable<string> Find(string path)
    {
        if (Directory.Exists(path))
        {
            string[] found = [.. Directory.EnumerateFiles(path).Where(file => KindOf(file) is not null).Order(StringComparer.Ordinal)];
            return found.Length > 0
                ? found
                : throw new DocumentException(DocumentError.NoFile, $"'{path}': expected a folder with files {Endings}, found none of them in it");
        }

        if (!File.Exists(path))
        {
            throw new DocumentException(DocumentError.NoFile, $"'{path}': expected a text file or a folder of them, found nothing there; check the path");
        }

        return KindOf(path) is not null
            ? [path]
            : throw new DocumentException(
                DocumentError.NoFile, $"'{path}': expected a file {Endings}, found '{Path.GetExtension(path)}'; rename or convert it");
    }

    /// <summary>Gets what a file holds by its ending; null for what is not read.</summary>
    public static DocumentFileKind? KindOf(string path) => Path.GetExtension(Plain(path)).ToUpperInvariant() switch
    {
        ".JSONL" => DocumentFileKind.Lines,
        ".TXT" => DocumentFileKind.Text,
        ".PARQUET" when !IsCompressed(path) => DocumentFileKind.Parquet,
        ".NPY" when !IsCompressed(path) => DocumentFileKind.Tokens,
        _ => null,
    };

    /// <summary>Gets a file's name without its endings.</summary>
    public static string Title(string path) => Path.GetFileNameWithoutExtension(Plain(path));

    /// <summary>Opens a file of lines or text, inflated where its ending says so.</summary>
    /// <exception cref="DocumentException">It cannot be read.</exception>
    public static Stream Open(string file)
    {
        try
        {
            if (HasEnding(file, GzipEnding))
            {
                return GzipReader.Open(file);
            }

            Stream plain = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return HasEnding(file, ZstandardEnding) ? new ZstandardStream(plain) : plain;
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw new DocumentException(DocumentError.Unreadable, $"'{file}': cannot be read: {exception.Message}", exception);
        }
    }

    private const string GzipEnding = ".gz";
    private const string ZstandardEnding = ".zst";

    private static bool IsCompressed(string path) => HasEnding(path, GzipEnding) || HasEnding(path, ZstandardEnding);

    private static bool HasEnding(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string path) => IsCompressed(path) ? path[..path.LastIndexOf('.')] : path;
}
