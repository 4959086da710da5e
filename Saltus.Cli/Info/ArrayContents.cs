using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>Describes files of arrays.</summary>
internal static class ArrayContents
{
    /// <summary>Describes a safetensors file.</summary>
    public static Contents ReadSafetensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Contents contents = Describe("safetensors file", file).Add("bytes", file.FileLength);
        foreach ((string key, string value) in file.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            contents.Add($"metadata.{key}", value);
        }

        return contents;
    }

    /// <summary>Describes a folder or an index of safetensors files.</summary>
    public static Contents ReadSet(string path)
    {
        using SafetensorsSet set = SafetensorsSet.Open(path);
        return Describe("safetensors files", set).Add("files", set.Files.Count).Add("bytes", set.Files.Sum(file => file.FileLength));
    }

    /// <summary>Describes a GGUF file: its keys, long arrays by their lengths, and its tensors.</summary>
    public static Contents ReadGguf(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        Contents contents = Describe("GGUF file", file).Add("version", file.Version).Add("bytes", file.FileLength);
        foreach (string key in file.Metadata.Keys.Order(StringComparer.Ordinal))
        {
            contents.Add($"metadata.{key}", GgufMetadata.Describe(file.Metadata.Find(key)!));
        }

        return contents;
    }

    /// <summary>Describes an npy file.</summary>
    public static Contents ReadNpy(string path)
    {
        using NpyFile file = NpyFile.Open(path);
        return Describe("npy file", file).Add("bytes", new FileInfo(path).Length);
    }

    /// <summary>Describes an npz file.</summary>
    public static Contents ReadNpz(string path)
    {
        using NpzFile file = NpzFile.Open(path);
        return Describe("npz file", file).Add("bytes", new FileInfo(path).Length);
    }

    /// <summary>Describes any tensors.</summary>
    public static Contents Describe(string kind, ITensorSource source)
    {
        Contents contents = new(kind) { Tensors = [.. source.Tensors.Select(ContentsTensor.From)] };
        return contents.Add("tensor_count", source.Tensors.Count).Add("elements", source.Tensors.Sum(tensor => tensor.ElementCount));
    }
}
