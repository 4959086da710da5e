using System.Text.Json;
using Saltus.Formats;
using Saltus.Tests.Support;
using Saltus.Tests.Training.Twin;

namespace Saltus.Tests.Training;

/// <summary>
/// One folder of training goldens: options, tensors in float64, batches. Its kind is in the data: a reference run has <c>options</c>, a library's run
/// <c>reference_options</c> with <c>steps.safetensors</c>, a library's single batch the same with <c>batch.safetensors</c>.
/// </summary>
internal sealed class TrainingCase
{
    private const string StepsFile = "steps.safetensors";
    private const string BatchFile = "batch.safetensors";
    private readonly Dictionary<string, DoubleMatrix> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _shapes = new(StringComparer.Ordinal);

    private TrainingCase(string folder)
    {
        Name = Path.GetFileName(folder);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        JsonElement root = config.RootElement;
        bool reference = root.TryGetProperty("options", out JsonElement options);
        bool steps = File.Exists(Path.Combine(folder, StepsFile));
        Kind = (reference, steps) switch
        {
            (true, true) => TrainingCaseKind.Reference,
            (true, false) => throw new InvalidDataException($"{Name}: a reference case has {StepsFile}"),
            (false, true) => TrainingCaseKind.LibraryRun,
            (false, false) => TrainingCaseKind.LibraryBatch,
        };
        try
        {
            Options = TwinOptions.Parse(reference ? options : root.GetProperty("reference_options"));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{Name}: {error.Message}", error);
        }

        Tolerance = root.TryGetProperty("tolerance", out JsonElement tolerance) ? tolerance.GetDouble() : null;
        Read(Path.Combine(folder, steps ? StepsFile : BatchFile));
    }

    public string Name { get; }

    public TrainingCaseKind Kind { get; }

    public TwinOptions Options { get; }

    /// <summary>How far the library's own run may be from the reference; null for a reference case.</summary>
    public double? Tolerance { get; }

    public IEnumerable<string> TensorNames => _tensors.Keys;

    /// <summary>A tensor; those of three dimensions, the batches, with their rows one after the other.</summary>
    public DoubleMatrix this[string name] =>
        _tensors.TryGetValue(name, out DoubleMatrix? tensor) ? tensor : throw new InvalidDataException($"{Name}: tensor {name} is missing");

    /// <summary>Every case of every root.</summary>
    public static List<TrainingCase> All() => [.. Fixtures.Cases("training", IsCase).Select(folder => new TrainingCase(folder))];

    /// <summary>The parameters before the first step.</summary>
    public NamedTensors Initial() => Named(Kind == TrainingCaseKind.Reference ? "params.0." : "initial.");

    /// <summary>All tensors whose name begins so, under the rest of their names.</summary>
    public NamedTensors Named(string prefix)
    {
        NamedTensors result = new();
        foreach ((string name, DoubleMatrix tensor) in _tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            // A note of what a library replaced before its first step, not a parameter.
            if (!name.EndsWith("_before_median", StringComparison.Ordinal))
            {
                result[name[prefix.Length..]] = tensor;
            }
        }

        return result;
    }

    /// <summary>Inputs [B, d] of a step, the first being step 1.</summary>
    public DoubleMatrix Inputs(int step) => Slice("x", step);

    /// <summary>Targets [B, o] of a step: the inputs where the case has no others.</summary>
    public DoubleMatrix Targets(int step) => Slice(_tensors.ContainsKey("y") ? "y" : "x", step);

    private static bool IsCase(string folder) => File.Exists(Path.Combine(folder, "config.json"))
        && (File.Exists(Path.Combine(folder, StepsFile)) || File.Exists(Path.Combine(folder, BatchFile)));

    private DoubleMatrix Slice(string name, int step)
    {
        DoubleMatrix all = this[name];
        int[] shape = _shapes[name];
        if (shape.Length == 2)
        {
            return all;
        }

        int size = shape[1] * shape[2];
        int batch = (step - 1) % shape[0];
        return new DoubleMatrix(shape[1], shape[2], all.Values[(batch * size)..((batch + 1) * size)]);
    }

    private void Read(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (TensorInfo tensor in file.Tensors)
        {
            double[] values = new double[tensor.ElementCount];
            file.ReadFloat64(tensor, 0, values);
            _shapes[tensor.Name] = [.. tensor.Shape.Select(size => (int)size)];
            _tensors[tensor.Name] = new DoubleMatrix((int)tensor.RowCount, (int)tensor.ColumnCount, values);
        }
    }
}
