using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Saltus.Formats;
using Saltus.Lm.Activations;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Tests.Training;
using Saltus.Training;

namespace Saltus.Tests.Fuzz;

/// <summary>Sound files to begin with: carried goldens where they are small, else made here.</summary>
internal static class FuzzSeeds
{
    public const int ShardRows = 6;
    public const int ShardWidth = 4;
    private const int Largest = 16 << 10;
    private const int ChecksumBytes = 16;
    private static readonly string s_golden = Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden");

    /// <summary>The carried files of a kind below a folder that are small enough.</summary>
    public static IReadOnlyList<byte[]> Golden(string folder, string pattern)
    {
        byte[][] found = [.. Directory.EnumerateFiles(Path.Combine(s_golden, folder), pattern, SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Where(path => new FileInfo(path).Length is > 0 and <= Largest)
            .Select(File.ReadAllBytes)];
        return found.Length > 0 ? found : throw new InvalidOperationException($"{folder}/{pattern} holds no small file");
    }

    public static string GoldenPath(params string[] parts) => Path.Combine([s_golden, .. parts]);

    public static IReadOnlyList<byte[]> Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    public static byte[] Gzip(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }

    public static string Documents() =>
        "{\"text\": \"A first document, of \\u00e9 few words.\", \"source\": \"s\", \"title\": \"t\"}\n\n{\"text\": \"" + string.Concat(Enumerable.Repeat("again and ", 40)) + "\"}\n";

    /// <summary>A batch file of Neuronpedia with one latent.</summary>
    public static byte[] NeuronpediaBatch()
    {
        string path = Path.Combine(Path.GetTempPath(), $"saltus-{Guid.NewGuid():N}.json");
        try
        {
            NeuronpediaBatch batch = NeuronpediaBatchReader.Read(GoldenPath("sae", "neuronpedia", "batch-0.json"));
            NeuronpediaBatchWriter.Write(path, batch with { Features = [batch.Features[0] with { Sequences = [.. batch.Features[0].Sequences.Where((_, i) => i % 20 == 0)] }] });
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>An upload to Neuronpedia with every key.</summary>
    public static byte[] NeuronpediaUpload() => Encoding.UTF8.GetBytes(
        """
        {"modelId": "tiny", "source": "0-res", "features": [{"index": 7, "density": 0.5, "topLogits": [{"token": "a", "value": 1.5}], "bottomLogits": [{"token": "b", "value": -1}],
          "explanations": [{"text": "cats", "methodName": "m", "modelName": "n"}],
          "activations": [{"tokens": ["x", "y"], "values": [0, 2], "quantileMin": 0, "quantileMax": 2, "quantileFraction": 1}]}]}
        """);

    /// <summary>A shard as a harvest writes it.</summary>
    public static byte[] Shard() => Bytes(new SafetensorsWriter()
        .Add(ActivationStore.VectorsName, TensorDtype.F16, [ShardRows, ShardWidth], (first, values) => values.Fill(first))
        .AddInt32(ActivationStore.DocumentName, [ShardRows], new int[ShardRows])
        .AddInt32(ActivationStore.PositionName, [ShardRows], new int[ShardRows])
        .AddInt32(ActivationStore.TokenName, [ShardRows], new int[ShardRows]));

    public static ActivationStoreIndex Index(byte[] shard) => new(
        new ActivationStoreSettings
        {
            Width = ShardWidth,
            Site = "resid_post",
            Layer = 1,
            Model = "m",
            ModelHash = "0",
            TokenizerHash = "1",
            Text = "t",
            TextHash = "2",
            Context = 8,
            RowsPerShard = ShardRows,
        },
        [new StoreShard(ActivationStoreIndex.ShardName(0), ShardRows, shard.Length, Convert.ToHexStringLower(XxHash128.Hash(shard)))],
        Complete: true);

    /// <summary>Everything that a checkpoint can remember.</summary>
    public static TrainingState State(Matrix matrix)
    {
        TrainingState state = new();
        state.Add("matrix", matrix);
        state.Add("floats", new float[5]);
        state.Add("doubles", new double[3]);
        state.Add("whole", new int[4]);
        state.Add("long", new long[2]);
        state.AddNumber("number", () => 1.5, _ => { });
        state.AddCount("count", () => 7, value => _ = checked((int)value));
        state.AddVector("vector", () => [1, 2, 3], _ => { });
        state.Add("random", new RandomSource(1, "fuzz"));
        state.AddSettled("settled", [1, 2]);
        return state;
    }

    public static byte[] Checkpoint()
    {
        CheckpointRecord record = new()
        {
            Step = 10,
            Tokens = 500,
            Seconds = 1.25,
            MetricsBytes = 100,
            MetricsChecksum = "00",
            TimingsBytes = 10,
            Configuration = SmallRun.Configuration(Recipe.Default),
            Inputs = new Dictionary<string, string> { ["model"] = "0", ["text"] = "1" },
        };
        using TemporaryFolder folder = new();
        using Matrix matrix = new(3, 4);
        CheckpointFile.Write(folder["c"], record.ToJson(), State(matrix));
        return File.ReadAllBytes(folder["c"]);
    }

    /// <summary>Makes the checksum at a checkpoint's end that of the rest.</summary>
    public static byte[] RepairCheckpoint(byte[] bytes)
    {
        if (bytes.Length < ChecksumBytes)
        {
            return bytes;
        }

        byte[] repaired = [.. bytes];
        XxHash128.Hash(repaired.AsSpan(0, repaired.Length - ChecksumBytes), repaired.AsSpan(repaired.Length - ChecksumBytes));
        return repaired;
    }

    public static byte[] Bytes(SafetensorsWriter writer)
    {
        using MemoryStream stream = new();
        writer.Write(stream);
        return stream.ToArray();
    }

    /// <summary>What a write to a path leaves.</summary>
    public static byte[] Written(string name, Action<string> write)
    {
        using TemporaryFolder folder = new();
        write(folder.Path);
        return File.ReadAllBytes(folder[name]);
    }
}
