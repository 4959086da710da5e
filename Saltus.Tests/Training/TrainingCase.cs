using System.Text.Json;
using Saltus.Formats;
using Saltus.Tensors;
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

    private TrainingCase(string name, TwinOptions options) => (Name, Kind, Options) = (name, TrainingCaseKind.Reference, options);

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

    /// <summary>A case of options that nobody has recorded: random batches and first parameters, as large as the reference's.</summary>
    public static TrainingCase Drawn(TwinOptions options, int seed)
    {
        TrainingCase drawn = new($"drawn {seed}", options);
        RandomSource random = new(seed, "training case");
        void Draw(string name, double size, params int[] shape)
        {
            int columns = shape[^1];
            int rows = shape.Length == 3 ? shape[0] * shape[1] : shape[0];
            DoubleMatrix tensor = new(rows, columns);
            foreach (ref double value in tensor.Values.AsSpan())
            {
                value = size * ((2 * random.NextDouble()) - 1);
            }

            drawn._shapes[name] = shape;
            drawn._tensors[name] = tensor;
        }

        Draw("x", 1, options.Pool, options.Batch, options.DIn);
        if (options.DOut is int outputs)
        {
            Draw("y", 1, options.Pool, options.Batch, outputs);
        }

        Draw("params.0.W_enc", 0.7, options.DIn, options.Latents);
        Draw("params.0.W_dec", 0.7, options.Latents, options.Outputs);
        Draw("params.0.b_dec", 0.2, 1, options.Outputs);
        foreach (string name in options.Arch == "gated" ? new[] { "b_gate", "b_mag", "r_mag" } : ["b_enc"])
        {
            Draw("params.0." + name, 0.2, 1, options.Latents);
        }

        if (options.Arch == "jumprelu")
        {
            string name = options.Threshold == "log" ? "params.0.log_threshold" : "params.0.threshold";
            Draw(name, 0.1, 1, options.Latents);
            Span<double> thresholds = drawn._tensors[name].Values;
            for (int latent = 0; latent < thresholds.Length; latent++)
            {
                double threshold = 0.3 + thresholds[latent];

                // Where nothing keeps them from it, raw thresholds fall below 0: there a step that sees the activation counts every vector.
                bool isBelow = !options.ClampThreshold && latent % 3 == 0;
                thresholds[latent] = options.Threshold == "log" ? Math.Log(threshold) : isBelow ? threshold - 0.6 : threshold;
            }
        }

        if (options.Skip)
        {
            Draw("params.0.W_skip", 0.3, options.DIn, options.Outputs);
        }

        // float32 has what the engine starts from.
        foreach (DoubleMatrix tensor in drawn._tensors.Values)
        {
            foreach (ref double value in tensor.Values.AsSpan())
            {
                value = (float)value;
            }
        }

        if (options.UnitNorm)
        {
            DoubleMatrix decoder = drawn._tensors["params.0.W_dec"];
            for (int row = 0; row < decoder.Rows; row++)
            {
                double norm = Math.Sqrt(DoubleMatrix.Dot(decoder.Row(row), decoder.Row(row)));
                foreach (ref double value in decoder.Row(row))
                {
                    value /= norm;
                }
            }
        }

        return drawn;
    }

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
