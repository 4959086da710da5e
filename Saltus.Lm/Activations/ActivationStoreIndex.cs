using System.IO.Hashing;
using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Lm.Activations;

/// <summary>The <c>index.json</c> of a store: settings, and the shards that are whole.</summary>
/// <param name="Settings">What the store holds.</param>
/// <param name="Shards">Its files in order.</param>
/// <param name="Complete">Whether the harvest came to its end.</param>
public sealed record ActivationStoreIndex(ActivationStoreSettings Settings, IReadOnlyList<StoreShard> Shards, bool Complete)
{
    /// <summary>The file in the folder.</summary>
    public const string FileName = "index.json";

    private const string Format = "saltus-activations";
    private const int Version = 1;
    private const string ChecksumKey = "xxh128";
    private static readonly TensorDtype[] s_dtypes = [TensorDtype.F16, TensorDtype.BF16, TensorDtype.F32];

    /// <summary>Gets the number of vectors.</summary>
    public long Count => Shards.Sum(shard => (long)shard.Rows);

    /// <summary>Reads the index of a folder.</summary>
    /// <param name="folder">The store.</param>
    /// <returns>The index; the shards were not looked at.</returns>
    /// <exception cref="InputException">There is none, or it cannot be used.</exception>
    public static ActivationStoreIndex Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            string found = Directory.Exists(folder) ? "none in that folder" : "no such folder";
            throw new ActivationStoreException(ActivationStoreError.NotAStore, $"'{path}': expected the index of an activation store, found {found}; harvest one there");
        }

        JsonFields fields = JsonFields.Read(path);
        if (fields.GetString("format") != Format || fields.GetInt32("version") != Version)
        {
            throw Bad(path, $"format: expected {Format} version {Version}, found {fields.GetString("format")} version {fields.GetInt32("version")}");
        }

        string dtype = fields.GetString("dtype");
        ActivationStoreSettings settings = new()
        {
            Width = fields.GetPositive("d"),
            Dtype = s_dtypes.Any(known => known.Name() == dtype) ? s_dtypes.First(known => known.Name() == dtype) : throw fields.Invalid("dtype", "F16, BF16 or F32"),
            Site = fields.GetString("site"),
            Layer = fields.GetInt32("layer"),
            Model = fields.GetString("model"),
            ModelHash = fields.GetString("model_hash"),
            TokenizerHash = fields.GetString("tokenizer_hash"),
            Text = fields.GetString("text"),
            TextHash = fields.GetString("text_hash"),
            Context = fields.GetPositive("context"),
            Seed = fields.Has("seed") ? fields.GetInt64("seed") : null,
            Vectors = fields.Has("vectors") ? fields.GetInt64("vectors") : null,
            MostVectors = fields.Has("most_vectors") ? fields.GetInt64("most_vectors") : null,
            Column = fields.GetString("column"),
            Part = fields.GetString("part", defaultValue: null),
            Parts = fields.Has("parts") ? fields.GetPositive("parts") : null,
            RowsPerShard = fields.GetPositive("rows_per_shard"),
        };
        StoreShard[] shards = [.. fields.GetObjects("shards").Select(shard => new StoreShard(
            shard.GetString("file"), shard.GetPositive("rows"), shard.GetInt64("bytes"), shard.GetString("xxh128")))];
        ActivationStoreIndex index = new(settings, shards, fields.GetBoolean("complete"));
        index.Check(path, fields.GetInt64("count"));
        string checksum = fields.GetString(ChecksumKey);
        return checksum == index.Checksum()
            ? index
            : throw Bad(path, $"{ChecksumKey}: expected {index.Checksum()}, that of the other fields, found {checksum}: the index is damaged; remove the folder");
    }

    /// <summary>The file name of a shard.</summary>
    internal static string ShardName(int number) => $"activations-{number:00000}.safetensors";

    /// <summary>Writes the index, whole or not at all.</summary>
    internal void Write(string folder) => AtomicFile.WriteJson(Path.Combine(folder, FileName), writer =>
    {
        writer.WriteStartObject();
        WriteFields(writer);
        writer.WriteString(ChecksumKey, Checksum());
        writer.WriteEndObject();
    });

    private static ActivationStoreException Bad(string path, string message) => new(ActivationStoreError.BadIndex, $"'{path}': {message}; harvest again");

    /// <summary>XxHash128 of the fields as JSON without white space: a flipped bit in any value is found.</summary>
    private string Checksum()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            WriteFields(writer);
            writer.WriteEndObject();
        }

        return Convert.ToHexStringLower(XxHash128.Hash(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private void WriteFields(Utf8JsonWriter writer)
    {
        writer.WriteString("format", Format);
        writer.WriteNumber("version", Version);
        writer.WriteNumber("count", Count);
        writer.WriteBoolean("complete", Complete);
        foreach ((string key, object? value) in Settings.Fields())
        {
            switch (value)
            {
                case null:
                    // A null and no such key would read the same: a flipped bit in the key could not be found.
                    break;
                case long number:
                    writer.WriteNumber(key, number);
                    break;
                default:
                    writer.WriteString(key, (string)value);
                    break;
            }
        }

        writer.WriteStartArray("shards");
        foreach (StoreShard shard in Shards)
        {
            writer.WriteStartObject();
            writer.WriteString("file", shard.File);
            writer.WriteNumber("rows", shard.Rows);
            writer.WriteNumber("bytes", shard.Bytes);
            writer.WriteString("xxh128", shard.Checksum);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Check(string path, long count)
    {
        if (count != Count)
        {
            throw Bad(path, $"count: expected the sum of the shards, {Count}, found {count}");
        }

        for (int i = 0; i < Shards.Count; i++)
        {
            // A name of its own choosing could lead out of the folder.
            bool isNamed = Settings.Parts is int of ? ActivationStoreParts.IsShardOfPart(Shards[i].File, of) : Shards[i].File == ShardName(i);
            if (!isNamed)
            {
                throw Bad(path, $"shards[{i}].file: expected {ShardName(i)}, found {Shards[i].File}");
            }

            bool last = (i == Shards.Count - 1 && Complete) || Settings.Parts is not null;
            if (Shards[i].Rows > Settings.RowsPerShard || (Shards[i].Rows < Settings.RowsPerShard && !last))
            {
                throw Bad(path, $"shards[{i}].rows: expected {Settings.RowsPerShard}, found {Shards[i].Rows}");
            }
        }
    }
}
