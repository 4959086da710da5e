using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>A sweep of a second on the vectors of <see cref="SmallRun"/>, that a test can stop, snapshot and go on with.</summary>
internal sealed class SmallSweep : IDisposable
{
    private readonly SmallRun _vectors = new();
    private readonly TemporaryFolder _folder = new();

    public string this[string name] => _folder[name];

    public SweepConfiguration Sweep { get; init; } = new()
    {
        Methods = ["jumprelu", "topk", "gated", "matryoshka"],
        L0 = [3, 5],
        Widths = [40],
        Seeds = [5, 6],
        Tokens = 4000,
        Activations = "vectors.npy",
        Settings = Knobs("""{"batch": 50, "dead_after": 400}"""),
    };

    public IReadOnlyList<SweepMember> Members => SweepPlan.Members(Sweep);

    public static Dictionary<string, System.Text.Json.JsonElement> Knobs(string json)
    {
        JsonFields fields = JsonFields.Parse(json, "test");
        return fields.Keys.ToDictionary(key => key, key => fields.Element.GetProperty(key).Clone(), StringComparer.Ordinal);
    }

    /// <summary>Trains one SAE alone, as <c>train</c> does.</summary>
    public void TrainAlone(SweepMember member, string path)
    {
        using WorkTeam team = new(1);
        using RunFolder folder = RunFolder.Open(path, member.Configuration, _vectors.Inputs);
        using IActivationSource vectors = Open();
        using SparseAutoencoder sae = new TrainingRun(team, member.Configuration, TimeProvider.System)
            .Train(vectors, folder, Metadata with { TrainingMethod = member.Configuration.Method }, null, CancellationToken.None);
        SaeLensWriter.Write(folder.SaePath, sae);
    }

    /// <summary>Trains in a folder to the end, or until so many steps of all SAEs together; gives what was noted.</summary>
    public List<string> Train(string path, int stopAfter = int.MaxValue, int everySteps = 7, long memory = long.MaxValue, Action<int>? onStep = null)
    {
        List<string> notes = [];
        using WorkTeam team = new(2);
        using SweepFolder folder = SweepFolder.Open(path, Sweep);
        using CancellationTokenSource stop = new();
        SweepTraining training = new(team, TimeProvider.System, new CheckpointPolicy { EverySteps = everySteps }) { Note = notes.Add };
        int steps = 0;
        Stopping progress = new(() =>
        {
            steps++;
            onStep?.Invoke(steps);
            if (steps >= stopAfter)
            {
                stop.Cancel();
            }
        });
        try
        {
            foreach (IReadOnlyList<SweepMember> group in SweepPlan.Groups(Members, 12, memory))
            {
                training.Train(folder, group, Open, _vectors.Inputs, Metadata, progress, stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        return notes;
    }

    public string PathOf(string sweep, SweepMember member) => Path.Combine(sweep, "runs", member.Name);

    public void Dispose()
    {
        _folder.Dispose();
        _vectors.Dispose();
    }

    private static SaeMetadata Metadata => new() { Dataset = "vectors.npy" };

    private IActivationSource Open() => VectorFile.OpenSource(_vectors.Vectors, order: new ReadingOrder { Seed = 5, Vectors = Sweep.Tokens });

    private sealed class Stopping(Action onStep) : IProgress<SweepStep>
    {
        public void Report(SweepStep value) => onStep();
    }
}
