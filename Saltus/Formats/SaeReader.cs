namespace Saltus.Formats;

/// <summary>
/// Reads an SAE of any format: which one it is, the files themselves say; what they do not say (the loader of a release, its factor) the
/// hints do. Computed is exactly what the format's own tool computes for inference.
/// </summary>
public static class SaeReader
{
    /// <summary>Every format, in the order in which they are tried: the more particular before the more general.</summary>
    private static readonly SaeFormat[] s_formats =
    [
        new SaeLensFormat(),
        new SparsifyFormat(),
        new LlamaScopeFormat(),
        new LlamaScopeR1Format(),
        new LlamascopiumFormat(),
        new TemporalReleaseFormat(),
        new CrossLayerFormat(),
        new GemmaScopeFormat(),
        new GemmaScope2Format(),
        new LayerTranscoderFormat(),
        new DictionaryLearningFormat(),
        new ConnorRobFormat(),
        new QwenScopeFormat(),
        new OpenAiFormat(),
        new GoodfireFormat(),
        new DeepSeekR1Format(),
    ];

    /// <summary>Gets the names of all formats that are read.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. s_formats.Select(format => format.Name)];

    /// <summary>Gets the names of the loaders of published SAEs that <see cref="SaeHints.Loader"/> can be.</summary>
    public static IReadOnlyList<string> Loaders { get; } = [.. s_formats.SelectMany(format => format.Loaders)];

    /// <summary>Whether there is an SAE of a known format.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <returns>Whether <see cref="Read"/> would take it for one.</returns>
    public static bool IsSae(string path)
    {
        SaePlace place = new(path, new SaeHints());
        return Path.Exists(place.Path) && s_formats.Any(format => format.Recognizes(place));
    }

    /// <summary>Reads an SAE.</summary>
    /// <param name="path">A folder or a file, or the root of a repository whose place inside the hints name.</param>
    /// <param name="hints">What is known beside the files; null for nothing.</param>
    /// <returns>The SAE and what was applied to it.</returns>
    /// <exception cref="SaeFormatException">It is of no known format, cannot be expressed here, or its files contradict one another.</exception>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static LoadedSae Read(string path, SaeHints? hints = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SaePlace place = new(path, hints ?? new SaeHints());
        if (!Path.Exists(place.Path))
        {
            throw new SaeFormatException(SaeFormatError.FileMissing, $"'{path}': expected the folder or file of an SAE, found no such path; check it");
        }

        SaeFormat format = Find(place);
        try
        {
            return format.Read(place) with { Files = [.. place.Files] };
        }
        catch (JsonFieldException exception)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, exception.Message, exception);
        }
    }

    private static SaeFormat Find(SaePlace place)
    {
        if (place.Hints.Loader is string loader)
        {
            return s_formats.FirstOrDefault(format => format.Loaders.Contains(loader)) ?? throw new SaeFormatException(
                SaeFormatError.FormatUnknown,
                $"'{place.Root}': loader: expected {string.Join(", ", Loaders)}, found '{loader.ReplaceLineEndings(" ")}'");
        }

        return s_formats.FirstOrDefault(format => format.Recognizes(place)) ?? throw new SaeFormatException(
            SaeFormatError.FormatUnknown,
            $"'{place.Path}': expected the files of an SAE ({string.Join("; ", s_formats.Select(format => $"{format.Name}: {format.LooksFor}"))}), found {Found(place)}");
    }

    private static string Found(SaePlace place)
    {
        const int Shown = 5;
        if (place.IsFile)
        {
            return "another file";
        }

        string[] names = [.. Directory.EnumerateFileSystemEntries(place.Folder).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal).Take(Shown + 1)];
        return names.Length == 0 ? "an empty folder" : $"{string.Join(", ", names.Take(Shown))}{(names.Length > Shown ? ", …" : string.Empty)}".ReplaceLineEndings(" ");
    }
}
