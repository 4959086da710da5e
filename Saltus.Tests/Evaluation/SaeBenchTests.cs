using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Evaluation;

/// <summary>SAEBench's core metrics by its own definitions: numbers of its own function, structure of its own file.</summary>
public sealed class SaeBenchTests
{
    /// <summary>It sums in float32 over 512 vectors.</summary>
    private const double Tolerance = 2e-5;

    /// <summary>It saw the vectors in batches of 8 prompts of 32 tokens.</summary>
    private const int Prompt = 32;

    private const int Batch = 256;

    [Fact]
    public void Every_metric_on_vectors_is_that_of_its_own_function()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Fixtures.Cases("sae", folder => File.Exists(Path.Combine(folder, "metrics.json")), recursive: true))
        {
            GoldenTensors golden = new(Path.Combine(folder, "golden.safetensors"));
            using Matrix x = golden.Matrix("x");
            using Matrix acts = golden.Matrix("acts");
            using Matrix output = golden.Matrix("out");
            SaeBenchMeter meter = new(x.Columns, acts.Columns);
            for (int first = 0; first < x.Rows; first += Batch)
            {
                using Matrix a = Matrix.FromRows(Batch, x.Columns, x.RowRange(first, Batch));
                using Matrix b = Matrix.FromRows(Batch, output.Columns, output.RowRange(first, Batch));
                meter.Add(team, a, Sparse.FromDense(acts, first, Batch), b, [.. Enumerable.Range(0, Batch / Prompt).Select(prompt => prompt * Prompt)]);
            }

            SaeBenchVectors result = meter.Result();
            using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")));
            JsonElement expected = metrics.RootElement.GetProperty("saebench");
            foreach (JsonProperty metric in expected.GetProperty("metrics").EnumerateObject())
            {
                Close($"{Path.GetFileName(folder)} {metric.Name}", metric.Value.GetDouble(), Value(result, metric.Name));
            }

            foreach (JsonProperty metric in expected.GetProperty("feature_metrics").EnumerateObject())
            {
                IReadOnlyList<double> values = metric.Name switch
                {
                    "feature_density" => result.Density,
                    "consistent_activation_heuristic" => result.TokensPerActivePrompt,
                    _ => throw new InvalidOperationException($"{folder}: a metric that this test does not know: {metric.Name}"),
                };
                Assert.Equal(values.Count, metric.Value.GetArrayLength());
                for (int latent = 0; latent < values.Count; latent++)
                {
                    // Null stands for NaN: a latent that is never active.
                    JsonElement value = metric.Value[latent];
                    Close($"{Path.GetFileName(folder)} {metric.Name}[{latent}]", value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble(), values[latent]);
                }
            }
        }
    }

    [Fact]
    public void Weights_are_measured_by_their_definitions()
    {
        using WorkTeam team = new(2);
        Matrix encoder = Matrix.FromRows(3, 2, [3, 4, 1, 0, 0, 0]);
        Matrix decoder = Matrix.FromRows(3, 2, [0, 2, 1, 1, -1, 0]);
        using SparseAutoencoder sae = new(encoder, [1, 2, 3], decoder, [0, 0], new JumpReluActivation([0, 0, 0]));
        SaeBenchWeights weights = SaeBenchWeights.Measure(team, sae, TestContext.Current.CancellationToken);
        Assert.Equal([5.0, 1, 0], weights.EncoderNorms);
        Assert.Equal([1f, 2, 3], weights.EncoderBias);
        float half = MathF.Sqrt(0.5f);
        Near([0.8, half, double.NaN], weights.EncoderDecoderCosines);
        Near([0.6, 0.6, 0], weights.MaxEncoderCosines.Select(value => (double)value));
        Near([half, half, 0], weights.MaxDecoderCosines.Select(value => (double)value));
    }

    [Fact]
    public void The_file_has_the_structure_of_its_own_writer()
    {
        using WorkTeam team = new(1);
        using TemporaryFolder folder = new();
        SaeBenchMeter meter = new(2, 3);
        using Matrix x = Matrix.FromRows(2, 2, [1, 2, 3, 5]);
        using Matrix encoder = Matrix.FromRows(3, 2, [1, 0, 0, 1, -1, -1]);
        using SparseAutoencoder sae = new(encoder.Clone(), [0, 0, 0], encoder.Clone(), [0, 0], new JumpReluActivation([0, 0, 0]));
        using Matrix output = new(2, 2);
        meter.Add(team, x, sae.Forward(team, x, output), output, [0]);
        SaeBenchSettings settings = new()
        {
            Model = "tiny",
            Dataset = "text",
            Context = 8,
            PromptsPerBatch = 1,
            HookName = "blocks.0.hook_resid_post",
            Layer = 0,
            Release = "run",
            Program = "saltus 0",
            Time = DateTimeOffset.UnixEpoch,
        };
        string path = folder["core.json"];
        SaeBenchWeights weights = SaeBenchWeights.Measure(team, sae, TestContext.Current.CancellationToken);
        SaeBenchFile.Write(path, sae, meter.Result(), new SaeBenchLosses(2, 1, 0.1, 0.5, 1, 1.25, 2), weights, settings);
        byte[] bytes = File.ReadAllBytes(path);
        SaeBenchFile.Write(path, sae, meter.Result(), new SaeBenchLosses(2, 1, 0.1, 0.5, 1, 1.25, 2), weights, settings);
        Assert.Equal(bytes, File.ReadAllBytes(path));
        using JsonDocument ours = JsonDocument.Parse(bytes);
        foreach (string theirs in Files())
        {
            using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(theirs));
            Assert.Empty(JsonStructure.Differences(expected.RootElement, ours.RootElement, "$.sae_cfg_dict"));
        }

        JsonElement metrics = ours.RootElement.GetProperty("eval_result_metrics");
        Assert.Equal(0.8, metrics.GetProperty("model_behavior_preservation").GetProperty("kl_div_score").GetDouble(), 12);
        Assert.Equal(0.75, metrics.GetProperty("model_performance_preservation").GetProperty("ce_loss_score").GetDouble(), 12);
        Assert.Equal(2.0 / 3, metrics.GetProperty("misc_metrics").GetProperty("frac_alive").GetDouble(), 12);

        // A latent that is never active has no tokens a prompt: −1, as SAEBench writes it.
        Assert.Equal(-1, ours.RootElement.GetProperty("eval_result_details")[2].GetProperty("consistent_activation_heuristic").GetDouble());
    }

    private static List<string> Files()
    {
        List<string> files = [.. Fixtures.Roots.Select(root => Path.Combine(root, "sae", "saebench")).Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.json"))];
        Assert.NotEmpty(files);
        return files;
    }

    private static double Value(SaeBenchVectors result, string name) => name switch
    {
        "l2_norm_in" => result.InputNorm,
        "l2_norm_out" => result.OutputNorm,
        "l2_ratio" => result.NormRatio,
        "relative_reconstruction_bias" => result.RelativeReconstructionBias,
        "l0" => result.L0,
        "l1" => result.L1,
        "explained_variance" => result.ExplainedVariance,
        "explained_variance_legacy" => result.ExplainedVarianceLegacy,
        "mse" => result.MeanSquaredError,
        "cossim" => result.Cosine,
        _ => throw new InvalidOperationException($"a metric that this test does not know: {name}"),
    };

    private static void Near(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        foreach ((double wanted, double found) in expected.Zip(actual))
        {
            Close("weights", wanted, found);
        }
    }

    private static void Close(string what, double expected, double actual) => Assert.True(
        (double.IsNaN(expected) && double.IsNaN(actual)) || Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected}, found {actual}");
}
