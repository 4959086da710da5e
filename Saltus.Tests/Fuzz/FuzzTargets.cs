using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Cli;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Tokenizers;
using Saltus.Tests.Training;
using Saltus.Training;

namespace Saltus.Tests.Fuzz;

/// <summary>Every reader of files that strangers can hand us: a new one is a row here, and all the fuzzing there is runs over it.</summary>
internal static class FuzzTargets
{
    private const string Sae = "jumprelu";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new() { Name = "safetensors", FileName = "a.safetensors", Seeds = () => Readable(FuzzSeeds.Golden("containers/safetensors/valid", "*"), "a.safetensors", path => ReadAll(SafetensorsFile.Open(path))), Read = path => ReadAll(SafetensorsFile.Open(path)) },
        new() { Name = "npy", FileName = "a.npy", Seeds = () => Readable(FuzzSeeds.Golden("containers/npy/valid", "*.npy"), "a.npy", path => ReadAll(NpyFile.Open(path))), Read = path => ReadAll(NpyFile.Open(path)) },
        new() { Name = "npz", FileName = "a.npz", Seeds = () => Readable(FuzzSeeds.Golden("containers/npz/valid", "*.npz"), "a.npz", path => ReadAll(NpzFile.Open(path))), Read = path => ReadAll(NpzFile.Open(path)), MemoryMultiple = 16 * NpzLimits.MaxInflation },
        new() { Name = "torch-zip", FileName = "a.pt", Seeds = TorchFuzz.Zips, Read = TorchFuzz.Read, Repair = TorchFuzz.Repair, MemoryMultiple = 16 * NpzLimits.MaxInflation },
        new() { Name = "torch-legacy", FileName = "a.pt", Seeds = TorchFuzz.Legacy, Read = TorchFuzz.Read, MemoryMultiple = TorchLimits.MaxMemoryPerByte },
        new() { Name = "gguf", FileName = "a.gguf", Seeds = GgufFuzz.Files, Read = path => ReadAll(GgufFile.Open(path)) },
        new() { Name = "gguf-model", FileName = "a.gguf", Seeds = GgufFuzz.Models, Read = GgufFuzz.Run, FreeBytes = GgufFuzz.ModelBytes },
        new() { Name = "gzip", FileName = "a.jsonl.gz", Seeds = () => [FuzzSeeds.Gzip(FuzzSeeds.Documents())], Read = ReadDocuments, MemoryMultiple = 16 * NpzLimits.MaxInflation },
        new() { Name = "store-shard", FileName = ActivationStoreIndex.ShardName(0), Seeds = () => [FuzzSeeds.Shard()], Read = ReadShard },
        new() { Name = "checkpoint", FileName = "step-1.safetensors", Seeds = () => [FuzzSeeds.Checkpoint()], Read = ReadCheckpoint, Repair = FuzzSeeds.RepairCheckpoint },
        new() { Name = "neuronpedia-batch", FileName = "batch-0.json", IsText = true, Seeds = () => [FuzzSeeds.NeuronpediaBatch()], Read = path => NeuronpediaBatchReader.Read(path) },
        new() { Name = "neuronpedia-upload", FileName = "upload-0.json", IsText = true, Seeds = () => [FuzzSeeds.NeuronpediaUpload()], Read = path => NeuronpediaUploadFile.Read(path) },
        new()
        {
            Name = "sae-weights",
            FileName = SaeLensReader.WeightsName,
            Seeds = () => [File.ReadAllBytes(FuzzSeeds.GoldenPath("sae", "saelens", Sae, SaeLensReader.WeightsName))],
            Prepare = folder => File.Copy(FuzzSeeds.GoldenPath("sae", "saelens", Sae, SaeLensReader.ConfigName), Path.Combine(folder, SaeLensReader.ConfigName)),
            Read = path => SaeLensReader.Read(Path.GetDirectoryName(path)!).Sae.Dispose(),
        },
        new()
        {
            Name = "sae-config",
            FileName = SaeLensReader.ConfigName,
            IsText = true,
            Seeds = () => [File.ReadAllBytes(FuzzSeeds.GoldenPath("sae", "saelens", Sae, SaeLensReader.ConfigName))],
            Prepare = folder => File.Copy(FuzzSeeds.GoldenPath("sae", "saelens", Sae, SaeLensReader.WeightsName), Path.Combine(folder, SaeLensReader.WeightsName)),
            Read = path => SaeLensReader.Read(Path.GetDirectoryName(path)!).Sae.Dispose(),
        },
        new()
        {
            Name = "safetensors-index",
            FileName = SafetensorsSet.IndexName,
            IsText = true,
            Seeds = () => FuzzSeeds.Texts("{\"metadata\": {\"total_size\": 24}, \"weight_map\": {\"a\": \"one.safetensors\", \"b\": \"two.safetensors\"}}"),
            Prepare = PrepareSet,
            Read = path => ReadAll(SafetensorsSet.Open(path)),
        },
        new() { Name = "model-config", FileName = "config.json", IsText = true, Seeds = () => FuzzSeeds.Golden("lm", "config.json"), Read = path => _ = ModelConfiguration.Read(path) },
        new() { Name = "tokenizer", FileName = "tokenizer.json", IsText = true, Seeds = () => FuzzSeeds.Texts(TokenizerMutationTests.Sound), Read = ReadTokenizer, FreeBytes = 4 << 20 },
        new() { Name = "documents", FileName = "a.jsonl", IsText = true, Seeds = () => FuzzSeeds.Texts(FuzzSeeds.Documents()), Read = ReadDocuments },
        new() { Name = "run-config", FileName = RunFolder.ConfigurationName, IsText = true, Seeds = () => FuzzSeeds.Texts(RunConfigurationJson.Write(SmallRun.Configuration(Recipe.Default))), Read = ReadRun },
        new()
        {
            Name = "sweep-config",
            FileName = SweepFolder.ConfigurationName,
            IsText = true,
            Seeds = Sweeps,
            Read = path => _ = SweepPlan.Members(SweepFolder.ReadConfiguration(Path.GetDirectoryName(path)!)),
            FreeBytes = 4 << 20,
        },
        new() { Name = "metrics", FileName = RunFolder.MetricsName, IsText = true, Seeds = Metrics, Read = path => _ = RunReportBuilder.ReadLog(path) },
        new()
        {
            Name = "store-index",
            FileName = ActivationStoreIndex.FileName,
            IsText = true,
            Seeds = () => [FuzzSeeds.Written(ActivationStoreIndex.FileName, FuzzSeeds.Index(FuzzSeeds.Shard()).Write)],
            Read = path => _ = ActivationStoreIndex.Read(Path.GetDirectoryName(path)!),
        },
        new() { Name = "intervals", FileName = IntervalsFile.Name, IsText = true, Seeds = Intervals, Read = path => _ = IntervalsFile.Read(path) },
        new() { Name = "evaluation", FileName = EvaluationFile.Name, IsText = true, Seeds = Evaluations, Read = path => _ = EvaluationFile.Read(path) },
        .. SaeFuzz.Targets,
    ];

    /// <summary>The seeds of a row, by its name: for a fuzzer outside this process.</summary>
    public static IReadOnlyList<byte[]> SeedsOf(string name) => All.Single(target => target.Name == name).Seeds();

    /// <summary>The check of a row, by its name: what is wrong with how an input was read, or null.</summary>
    public static Func<byte[], string?> CheckOf(string name)
    {
        FuzzTarget target = All.Single(row => row.Name == name);
        FuzzRun run = new(target);
        return input => run.Check(target.Repair?.Invoke(input) ?? input);
    }

    private static void ReadAll(ITensorSource source)
    {
        using (source)
        {
            foreach (TensorInfo tensor in source.Tensors)
            {
                using Matrix matrix = source.ReadMatrix(tensor);
                _ = source.ReadFloat64(tensor.Name);
                if (tensor.Dtype.IsInteger())
                {
                    _ = source.ReadInt64(tensor.Name);
                }
            }
        }
    }

    /// <summary>Those of the goldens that hold numbers.</summary>
    private static List<byte[]> Readable(IReadOnlyList<byte[]> seeds, string name, Action<string> read)
    {
        List<byte[]> sound = [];
        using Support.TemporaryFolder folder = new();
        foreach (byte[] seed in seeds)
        {
            try
            {
                File.WriteAllBytes(folder[name], seed);
                read(folder[name]);
                sound.Add(seed);
            }
            catch (InputException)
            {
                // An array of text or of complex numbers is sound and refused.
            }
        }

        return sound;
    }

    private static void ReadDocuments(string path)
    {
        foreach (Document document in new DocumentReader(path).Read())
        {
            _ = document.Text.Length;
        }
    }

    private static void ReadShard(string path)
    {
        using ShardBlocks blocks = new(Path.GetDirectoryName(path)!, FuzzSeeds.Index(File.ReadAllBytes(path)));
        using ActivationBatch batch = new(FuzzSeeds.ShardRows, FuzzSeeds.ShardWidth);
        blocks.Read(0, 0, FuzzSeeds.ShardRows, batch, 0);
    }

    private static void ReadCheckpoint(string path)
    {
        (SafetensorsFile file, string text) = CheckpointFile.Open(path);
        using (file)
        {
            CheckpointRecord record = CheckpointRecord.Parse(text, path);
            record.Check(path, record.Configuration, record.Inputs);
            using Matrix matrix = new(3, 4);
            FuzzSeeds.State(matrix).ReadFrom(file);
        }
    }

    private static void ReadTokenizer(string path)
    {
        Tokenizer tokenizer = Tokenizer.Load(path);
        tokenizer.Decode([.. tokenizer.Encode("ab a1\u00E9 <s>\u4E00b").Ids]);
    }

    private static void ReadRun(string path)
    {
        RunConfiguration run = Recipe.Complete(RunConfigurationJson.Read(path));
        _ = RunSize.DiskBytes(run, 16);
    }

    private static void PrepareSet(string folder)
    {
        new SafetensorsWriter().Add("a", new float[] { 1, 2, 3 }).Write(Path.Combine(folder, "one.safetensors"));
        new SafetensorsWriter().Add("b", new float[] { 4, 5, 6 }).Write(Path.Combine(folder, "two.safetensors"));
    }

    private static List<byte[]> Metrics()
    {
        using SmallRun run = new();
        run.Train(run["run"], stopAfter: 25);
        return [File.ReadAllBytes(Path.Combine(run["run"], RunFolder.MetricsName))];
    }

    private static IReadOnlyList<byte[]> Sweeps()
    {
        using SmallSweep sweep = new();
        SweepConfiguration other = sweep.Sweep with
        {
            Methods = ["relu"],
            L0 = null,
            Lambda = [1, 2],
            LearningRates = [1e-3],
            MethodSettings = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>> { ["relu"] = SmallSweep.Knobs("{\"dead_after\": 300}") },
        };
        return FuzzSeeds.Texts(SweepConfigurationJson.Write(sweep.Sweep), SweepConfigurationJson.Write(other));
    }

    private static List<byte[]> Intervals()
    {
        EvaluationIntervals intervals = new() { L0 = new ConfidenceInterval(1, 2), Kl = new ConfidenceInterval(0.25, 0.5) };
        return [FuzzSeeds.Written(IntervalsFile.Name, folder => IntervalsFile.Write(Path.Combine(folder, IntervalsFile.Name), intervals))];
    }

    private static List<byte[]> Evaluations()
    {
        ReconstructionAccumulator accumulator = new(2, 3);
        using WorkTeam team = new(1);
        using Matrix x = Matrix.FromRows(2, 2, [1, 2, 3, 4]);
        using Matrix encoder = Matrix.FromRows(3, 2, [1, 0, 0, 1, 1, 1]);
        using SparseAutoencoder sae = new(encoder.Clone(), new float[3], encoder.Clone(), new float[2], new JumpReluActivation([0.1f, 0.1f, 0.1f]));
        using Matrix reconstruction = new(2, 2);
        accumulator.Add(team, x, sae.Forward(team, x, reconstruction), reconstruction);
        return [FuzzSeeds.Written(EvaluationFile.Name, folder => EvaluationFile.Write(Path.Combine(folder, EvaluationFile.Name), EvaluationResult.From(accumulator, 1)))];
    }
}
