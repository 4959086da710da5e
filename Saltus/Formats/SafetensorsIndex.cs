using System.Text.Json;

namespace Saltus.Formats;

/// <summary>A `model.safetensors.index.json`: which shard holds which tensor. Shards are plain names of files beside the index.</summary>
internal sealed class SafetensorsIndex
{
    private static readonly char[] s_notInNames = ['/', '\\', ':', '\0'];
    private readonly string _path;
    private readonly Dictionary<string, string> _shardOf = [];

    private SafetensorsIndex(string path) => _path = path;

    /// <summary>The shards, ordinal order.</summary>
    public IReadOnlyList<string> Shards => [.. _shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <exception cref="SafetensorsFormatException">The index is malformed or names a file outside its folder.</exception>
    public static SafetensorsIndex Read(string path)
    {
        SafetensorsIndex index = new(path);
        JsonFields map;
        try
        {
            map = JsonFields.Read(path, SafetensorsLimits.MaxIndexBytes).GetObject("weight_map");
        }
        catch (JsonFieldException exception)
        {
            throw new SafetensorsFormatException(SafetensorsError.IndexInvalid, exception.Message, exception);
        }

        foreach (JsonProperty property in map.Element.EnumerateObject())
        {
            string shard = property.Value.ValueKind == JsonValueKind.String ? Text(property.Value) : string.Empty;
            if (shard.Length == 0 || shard is "." or ".." || shard.IndexOfAny(s_notInNames) >= 0)
            {
                string found = property.Value.GetRawText().ReplaceLineEndings(" ");
                throw new SafetensorsFormatException(
                    SafetensorsError.ShardOutsideFolder,
                    $"'{path}': weight_map: expected the name of a file in the same folder, found {found}");
            }

            index._shardOf.Add(property.Name, shard);
        }

        return index;
    }

    /// <summary>Checks that a shard holds exactly what the index puts there.</summary>
    /// <exception cref="SafetensorsFormatException">It does not.</exception>
    public void Check(SafetensorsFile file, string shard)
    {
        TensorInfo? stranger = file.Tensors.FirstOrDefault(tensor => _shardOf.GetValueOrDefault(tensor.Name) != shard);
        if (stranger is not null)
        {
            throw new SafetensorsFormatException(
                SafetensorsError.TensorNotInIndex,
                $"tensor '{stranger.Name}' in '{file.Source}': the index '{_path}' does not put it there; index and shards are of different saves");
        }

        string? absent = _shardOf.Where(entry => entry.Value == shard && file.Find(entry.Key) is null).Select(entry => entry.Key).FirstOrDefault();
        if (absent is not null)
        {
            throw new SafetensorsFormatException(
                SafetensorsError.TensorNotInShard,
                $"tensor '{absent}' in '{file.Source}': the index '{_path}' puts it there, found none; index and shards are of different saves");
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no name of a file.
            return string.Empty;
        }
    }
}
