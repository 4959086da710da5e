using System.Text.Json;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>The float32 engine against the float64 runs that PyTorch's autograd made.</summary>
public class EngineTests
{
    // fixtures/training/README.md: a float32 run of the reference differs from float64 by at most these; the engine sums in another order.
    private const double LossTolerance = 5e-6;
    private static readonly Dictionary<int, double> s_parameterTolerance = new() { [0] = 1e-7, [1] = 2e-6, [2] = 2e-6, [12] = 5e-6, [200] = 5e-5 };

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, null)]
    [InlineData(2, true)]
    public void Losses_and_parameters_follow_the_reference_over_200_steps(int threads, bool? dense)
    {
        using WorkTeam team = new(threads);
        List<string> cases = Fixtures.Cases("training", folder => IsEngineCase(Path.Combine(folder, "config.json")));
        foreach (string folder in cases)
        {
            Run(team, folder, dense);
        }
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        byte[] expected = TrainSome(1, threads: 1);
        Assert.Equal(expected, TrainSome(1, threads: 2));
        Assert.Equal(expected, TrainSome(1, threads: 5));
        Assert.NotEqual(expected, TrainSome(2, threads: 1));
    }

    private static byte[] TrainSome(long seed, int threads)
    {
        using WorkTeam team = new(threads);
        using SaeParameters parameters = new(300, 24);
        Initialization.Set(parameters, seed);
        JumpReluMethod method = new(new JumpReluOptions
        {
            LogThreshold = false,
            RelativeBandwidth = 0.4,
            TargetL0 = 6,
            SteerLambda = true,
            SharedCutSteps = 20,
            Lambda = 1e-3,
        });
        TrainerOptions options = new() { LearningRate = 3e-3, Beta1 = 0.9, ThresholdBeta1 = 0, ClipNorm = 1, AuxCoefficient = 1 / 32.0, DeadAfter = 500 };
        using Trainer trainer = new(team, parameters, method, options);
        RandomSource random = new(seed, "data");
        using ActivationBatch batch = new(100, 24);
        for (int step = 0; step < 40; step++)
        {
            foreach (ref float value in batch.Vectors.Span)
            {
                value = (float)((random.NextDouble() - 0.5) * random.NextDouble());
            }

            batch.Count = 100;
            trainer.Step(batch);
        }

        List<byte> bytes = [];
        foreach (float[] values in new[] { parameters.EncoderWeights.Span.ToArray(), parameters.DecoderWeights.Span.ToArray(), parameters.EncoderBias, parameters.DecoderBias, parameters.Threshold })
        {
            Assert.All(values, value => Assert.True(float.IsFinite(value)));
            bytes.AddRange(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
        }

        return [.. bytes];
    }

    private static bool IsEngineCase(string config)
    {
        if (!File.Exists(config))
        {
            return false;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(config));
        return document.RootElement.TryGetProperty("options", out JsonElement options)
            && options.GetProperty("arch").GetString() == "jumprelu"
            && !options.TryGetProperty("transcoder", out _);
    }

    private static void Run(WorkTeam team, string folder, bool? dense)
    {
        string name = Path.GetFileName(folder);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        (TrainerOptions options, JumpReluOptions jump) = EngineOptions.Read(document.RootElement.GetProperty("options"), name);
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "steps.safetensors"));
        string threshold = jump.LogThreshold ? "log_threshold" : "threshold";
        IReadOnlyList<long> shape = golden.Require("x").Shape;
        (int pool, int rows, int width) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        float[] x = Floats(golden, "x");
        using SaeParameters parameters = new((int)golden.Require("params.0.b_enc").Shape[0], width);
        Load(golden, parameters, threshold);
        using Trainer trainer = new(team, parameters, new JumpReluMethod(jump), options, setsThresholds: false)
        {
            ForceDense = dense,
        };
        using ActivationBatch batch = new(rows, width);
        List<TrainingStep> steps = [];
        int last = golden.Tensors.Where(t => t.Name.StartsWith("trace.total", StringComparison.Ordinal)).Select(t => (int)t.Shape[0]).Single();
        for (int step = 0; step < last; step++)
        {
            x.AsSpan(step % pool * rows * width, rows * width).CopyTo(batch.Vectors.Span);
            batch.Count = rows;
            steps.Add(trainer.Step(batch));
            if (golden.Find($"params.{step + 1}.W_dec") is not null)
            {
                Compare(golden, parameters, step + 1, threshold, name);
            }
        }

        CompareTrace(golden, "total", steps.Select(s => s.Loss), name);
        CompareTrace(golden, "reconstruction", steps.Select(s => s.Reconstruction), name);
        CompareTrace(golden, "l0", steps.Select(s => s.L0), name);
        CompareTrace(golden, "lambda", steps.Select(s => s.Lambda), name);
        CompareTrace(golden, "lr", steps.Select(s => s.LearningRate), name);
        double[] penalty = [.. Doubles(golden, "trace.sparsity").Zip(Doubles(golden, "trace.pre_act"), (a, b) => a + b)];
        AssertClose(penalty, [.. steps.Select(s => s.Sparsity)], LossTolerance, $"{name}: sparsity");
    }

    private static void Load(SafetensorsFile golden, SaeParameters parameters, string threshold)
    {
        CopyTransposed(Floats(golden, "params.0.W_enc"), parameters.EncoderWeights);
        Floats(golden, "params.0.W_dec").CopyTo(parameters.DecoderWeights.Span);
        Floats(golden, "params.0.b_enc").CopyTo(parameters.EncoderBias, 0);
        Floats(golden, "params.0.b_dec").CopyTo(parameters.DecoderBias, 0);
        Floats(golden, $"params.0.{threshold}").CopyTo(parameters.Threshold, 0);
    }

    private static void Compare(SafetensorsFile golden, SaeParameters parameters, int step, string threshold, string name)
    {
        double tolerance = s_parameterTolerance[step];
        using Matrix encoder = parameters.EncoderWeights.Transpose();
        (string Tensor, float[] Values)[] pairs =
        [
            ("W_enc", encoder.Span.ToArray()), ("W_dec", parameters.DecoderWeights.Span.ToArray()), ("b_enc", parameters.EncoderBias),
            ("b_dec", parameters.DecoderBias), (threshold, parameters.Threshold),
        ];
        foreach ((string tensor, float[] values) in pairs)
        {
            AssertClose(Doubles(golden, $"params.{step}.{tensor}"), Array.ConvertAll(values, v => (double)v), tolerance, $"{name}: {tensor} after {step} steps");
        }
    }

    private static void CompareTrace(SafetensorsFile golden, string trace, IEnumerable<double> values, string name) =>
        AssertClose(Doubles(golden, $"trace.{trace}"), [.. values], LossTolerance, $"{name}: {trace}");

    private static void AssertClose(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]);
            Assert.True(error <= tolerance * scale, $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}; off by {error / scale:E1} of the largest, allowed {tolerance:E0}");
        }
    }

    private static void CopyTransposed(float[] source, Matrix target)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            for (int column = 0; column < target.Columns; column++)
            {
                target.Row(row)[column] = source[(column * target.Rows) + row];
            }
        }
    }

    private static float[] Floats(SafetensorsFile file, string name) => Array.ConvertAll(Doubles(file, name), value => (float)value);

    private static double[] Doubles(SafetensorsFile file, string name)
    {
        TensorInfo tensor = file.Require(name);
        double[] values = new double[tensor.Shape.Aggregate(1L, (a, b) => a * b)];
        file.ReadFloat64(tensor, 0, values);
        return values;
    }
}
