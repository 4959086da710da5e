using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>A training run of a second, on 1,500 vectors of width 12 through a shuffle buffer, that a test can stop, snapshot and go on with.</summary>
internal sealed class SmallRun : IDisposable
{
    public const int Steps = 80;
    private const int Rows = 1500;
    private const int Width = 12;
    private const int Batch = 50;
    private readonly TemporaryFolder _folder = new();

    public SmallRun()
    {
        RandomSource random = new(1, "vectors");
        using Matrix matrix = new(Rows, Width);
        foreach (ref float value in matrix.Span)
        {
            value = (float)(random.NextDouble() - 0.3);
        }

        NpyWriter.Write(Vectors, matrix);
    }

    public string Vectors => _folder["vectors.npy"];

    public string this[string name] => _folder[name];

    /// <summary>Checksums that a run is begun with.</summary>
    public Dictionary<string, string> Inputs { get; } = new() { ["activations"] = "0123" };

    public static RunConfiguration Configuration(string recipe, string? method = null) => Recipe.Complete(new RunConfiguration
    {
        Recipe = recipe,
        Method = method,
        Width = 40,
        L0 = recipe == Recipe.Paper ? null : 4,
        Lambda = recipe == Recipe.Paper ? 1e-3 : null,
        Tokens = Steps * Batch,
        Batch = Batch,
        Seed = 5,
        DeadAfter = 400,
        ShuffleBuffer = 300,
        Activations = "vectors.npy",
    });

    /// <summary>Fails unless everything that must not depend on interruptions has the same bytes.</summary>
    public static void AssertSame(string expected, string actual)
    {
        foreach (string name in new[] { RunFolder.MetricsName, "sae/cfg.json", "sae/sae_weights.safetensors" })
        {
            Assert.True(File.ReadAllBytes(Path.Combine(expected, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, name))), $"{name} differs");
        }
    }

    /// <summary>A copy of a folder as a kill at this moment would leave it.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != FolderLock.FileName))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using FileStream source = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using FileStream copy = new(target, FileMode.Create);
            source.CopyTo(copy);
        }
    }

    /// <summary>Trains in a folder until the end, or until a step is done; gives what the folder noted.</summary>
    public IReadOnlyList<string> Train(
        string run, string recipe = Recipe.Default, int stopAfter = int.MaxValue, int threads = 2, int? everySteps = null, Action<int>? onStep = null, string? method = null)
    {
        RunConfiguration configuration = Configuration(recipe, method);
        using WorkTeam team = new(threads);
        using RunFolder folder = RunFolder.Open(run, configuration, Inputs);
        using IActivationSource vectors = VectorFile.OpenSource(Vectors, order: new ReadingOrder { Seed = 5, Vectors = configuration.Tokens });
        using ShuffleBuffer mixed = new(vectors, configuration.ShuffleBuffer!.Value, configuration.Seed);
        using CancellationTokenSource stop = new();
        Stopping progress = new(step =>
        {
            onStep?.Invoke(step);
            if (step >= stopAfter)
            {
                stop.Cancel();
            }
        });
        TrainingRun training = new(team, configuration, TimeProvider.System) { Checkpoints = new CheckpointPolicy { EverySteps = everySteps } };
        try
        {
            using SparseAutoencoder sae = training.Train(mixed, folder, new SaeMetadata(), progress, stop.Token);
            SaeLensWriter.Write(folder.SaePath, sae);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        return folder.Notes;
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Stopping(Action<int> onStep) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value) => onStep(value.Step);
    }
}
