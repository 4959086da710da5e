using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>Finds out what a path is, by what is in it where that can be seen, and describes it.</summary>
internal static class ContentsReader
{
    private const int MagicBytes = 8;

    /// <summary>Describes a file or folder.</summary>
    /// <param name="path">Of anything that Saltus reads.</param>
    /// <param name="hints">What is known beside the files, if it is an SAE.</param>
    /// <returns>The description.</returns>
    /// <exception cref="InputException">Nothing is there, it is damaged, or it is nothing that Saltus knows.</exception>
    public static Contents Read(string path, SaeHints hints)
    {
        if (Directory.Exists(path))
        {
            return FolderContents.TryRead(path, hints)
                ?? throw new InputException($"'{path}': expected a language model, an SAE, an activation store, a run or safetensors files in the folder, found none of them");
        }

        return File.Exists(path) ? ReadFile(path, hints) : throw new InputException($"'{path}': expected a file or folder, found nothing there; check the path");
    }

    private static Contents ReadFile(string path, SaeHints hints)
    {
        string name = Path.GetFileName(path);
        if (hints.Loader is not null || IsTorch(name))
        {
            return SaeContents.Read(path, hints);
        }

        if (name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return ArrayContents.ReadSafetensors(path);
        }

        if (name.EndsWith(SafetensorsSet.IndexName, StringComparison.Ordinal))
        {
            return ArrayContents.ReadSet(path);
        }

        if (GgufFile.IsNamedSo(name))
        {
            return ArrayContents.ReadGguf(path);
        }

        Span<byte> start = stackalloc byte[MagicBytes];
        start = start[..ReadMagic(path, start)];
        if (start.Length > 1 && start[0] == 0x93 && start[1..].StartsWith("NUMPY"u8))
        {
            return ArrayContents.ReadNpy(path);
        }

        if (start.StartsWith("PK"u8))
        {
            return ArrayContents.ReadNpz(path);
        }

        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !name.Contains("tokenizer", StringComparison.OrdinalIgnoreCase)
            && NeuronpediaContents.TryRead(path) is Contents neuronpedia)
        {
            return neuronpedia;
        }

        return name.Contains("tokenizer", StringComparison.OrdinalIgnoreCase) && name.Contains(".json", StringComparison.OrdinalIgnoreCase)
            ? TokenizerContents.Read(path)
            : throw new InputException($"'{path}': expected a safetensors, gguf, npy or npz file, a tokenizer.json or a file of Neuronpedia, found something else");
    }

    private static bool IsTorch(string name) => name.EndsWith(".pt", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);

    private static int ReadMagic(string path, Span<byte> magic)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            return stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new InputException($"'{path}': cannot be read: permission denied", exception);
        }
    }
}
