using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Evaluation;

/// <summary>Our metrics against those of SAELens, SAEBench, dictionary_learning, sparsify and NumPy on the same vectors.</summary>
public class ReconstructionMetricsGoldenTests
{
    /// <summary>Both sides sum the same float32 values in double; only the order differs.</summary>
    private const double DoubleTolerance = 1e-11;

    /// <summary>The other tools sum in float32 over 512 vectors.</summary>
    private const double SingleTolerance = 2e-5;

    /// <summary>SAELens and SAEBench saw the vectors in batches of this many, and average some metrics over batches.</summary>
    private const int PeerBatch = 256;

    /// <summary>What the peers define otherwise than by a formula over the vectors, or wrongly (fixtures' README): known, and not compared.</summary>
    private static readonly string[] s_definedOtherwise =
    [
        "saelens/consistent_activation_heuristic", "saebench/consistent_activation_heuristic", "saebench/explained_variance",
        "saebench/feature_density", "saebench/l1",
    ];

    [Fact]
    public void Every_metric_agrees_with_the_tools_that_define_it_alike()
    {
        using WorkTeam team = new(2);
        foreach (string folder in MetricCases())
        {
            GoldenTensors golden = new(Path.Combine(folder, "golden.safetensors"));
            using Matrix x = golden.Matrix("x");
            using Matrix acts = golden.Matrix("acts");
            using Matrix output = golden.Matrix("out");
            ReconstructionAccumulator all = new(x.Columns, acts.Columns);
            Accumulate(team, all, x, acts, output, 0, x.Rows, x.Rows);
            ReconstructionAccumulator centred = new(x.Columns, acts.Columns, all.Mean.ToArray());
            Accumulate(team, centred, x, acts, output, 0, x.Rows, 100);
            (double legacy, double bias) = BatchAverages(team, x, acts, output);
            using JsonDocument metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "metrics.json")));
            foreach (JsonProperty tool in metrics.RootElement.EnumerateObject().Where(p => p.Name is not ("sae" or "versions")))
            {
                foreach ((string name, JsonElement expected) in Flatten(tool.Value))
                {
                    string what = $"{Path.GetFileName(folder)} {tool.Name}/{name}";
                    if (!s_definedOtherwise.Contains($"{tool.Name}/{name}"))
                    {
                        double tolerance = tool.Name == "plain_float64" ? DoubleTolerance : SingleTolerance;
                        Compare(what, expected, Value(tool.Name, name, centred, legacy, bias), tolerance);
                    }
                }
            }

            // FVU in one pass and about the mean that a first pass found.
            Close($"{folder} one pass", centred.Result().Fvu, all.Result().Fvu, DoubleTolerance);
        }
    }

    [Fact]
    public void Neither_batches_nor_threads_change_a_bit()
    {
        foreach (string folder in MetricCases())
        {
            GoldenTensors golden = new(Path.Combine(folder, "golden.safetensors"));
            using Matrix x = golden.Matrix("x");
            using Matrix acts = golden.Matrix("acts");
            using Matrix output = golden.Matrix("out");
            ReconstructionMetrics? first = null;
            foreach ((int threads, int batch) in new[] { (1, 512), (2, 512), (5, 1), (3, 7), (1, 100) })
            {
                using WorkTeam team = new(threads);
                ReconstructionAccumulator accumulator = new(x.Columns, acts.Columns);
                Accumulate(team, accumulator, x, acts, output, 0, x.Rows, batch);
                ReconstructionMetrics result = accumulator.Result();
                first ??= result;
                Assert.True(first == result, $"{folder}: {threads} threads, batches of {batch}");
            }
        }
    }

    private static List<string> MetricCases() =>
        Fixtures.Cases("sae", folder => File.Exists(Path.Combine(folder, "metrics.json")), recursive: true);

    private static void Accumulate(
        WorkTeam team, ReconstructionAccumulator accumulator, Matrix x, Matrix acts, Matrix output, int first, int end, int batch)
    {
        for (; first < end; first += batch)
        {
            int count = Math.Min(batch, end - first);
            using Matrix a = Matrix.FromRows(count, x.Columns, x.RowRange(first, count));
            using Matrix b = Matrix.FromRows(count, output.Columns, output.RowRange(first, count));
            accumulator.Add(team, a, Sparse.FromDense(acts, first, count), b);
        }
    }

    private static (double Legacy, double Bias) BatchAverages(WorkTeam team, Matrix x, Matrix acts, Matrix output)
    {
        double legacy = 0, bias = 0;
        int batches = x.Rows / PeerBatch;
        for (int i = 0; i < batches; i++)
        {
            ReconstructionAccumulator plain = new(x.Columns, acts.Columns);
            Accumulate(team, plain, x, acts, output, i * PeerBatch, (i + 1) * PeerBatch, PeerBatch);
            ReconstructionAccumulator centred = new(x.Columns, acts.Columns, plain.Mean.ToArray());
            Accumulate(team, centred, x, acts, output, i * PeerBatch, (i + 1) * PeerBatch, PeerBatch);
            legacy += centred.Result().ExplainedVariancePerToken!.Value / batches;
            bias += centred.Result().RelativeReconstructionBias / batches;
        }

        return (legacy, bias);
    }

    private static IEnumerable<(string Name, JsonElement Value)> Flatten(JsonElement tool) =>
        tool.EnumerateObject().SelectMany(p => p.Name is "metrics" or "feature_metrics" ? Flatten(p.Value) : [(p.Name, p.Value)]);

    private static double[] Value(string tool, string name, ReconstructionAccumulator accumulator, double legacy, double bias)
    {
        ReconstructionMetrics m = accumulator.Result();
        bool inBatches = tool is "saelens" or "saebench";
        return name switch
        {
            "l0" => [m.L0],
            "l1" or "l1_loss" => [m.L1],
            "mse_sum_over_dims" => [m.MeanSquaredError],
            "mse" => [tool == "saebench" ? m.MeanSquaredError / PeerBatch : m.MeanSquaredError],
            "mse_mean_over_dims" => [m.MeanSquaredError / accumulator.Mean.Length],
            "l2_loss" => [m.MeanErrorNorm],
            "fvu" or "fvu_batch" => [m.Fvu],
            "explained_variance" => [m.ExplainedVariance],
            "explained_variance_legacy_per_token" => [m.ExplainedVariancePerToken!.Value],
            "explained_variance_legacy" => [legacy],
            "explained_variance_residual_variance" or "frac_variance_explained" => [m.ExplainedVarianceOfResidual],
            "explained_variance_about_zero" => [m.ExplainedVarianceAboutZero],
            "cosine_similarity" or "cossim" => [m.Cosine],
            "l2_ratio" => [m.NormRatio],
            "l2_norm_in" => [m.InputNorm],
            "l2_norm_out" => [m.OutputNorm],
            "relative_reconstruction_bias" => [inBatches ? bias : m.RelativeReconstructionBias],
            "fraction_alive" or "frac_alive" => [1 - ((double)accumulator.Latents.Dead / accumulator.Latents.Counts.Length)],
            "feature_density" => [.. Enumerable.Range(0, accumulator.Latents.Counts.Length).Select(accumulator.Latents.Frequency)],
            "log10_density_plus_1e-10_histogram" => Histogram(accumulator.Latents),
            _ => throw new InvalidOperationException($"{tool}/{name} is not known to this test"),
        };
    }

    /// <summary>NumPy's bins put silent latents, at 1e-10, into the first one; ours leave them out.</summary>
    private static double[] Histogram(LatentCounter latents)
    {
        double[] counts = [.. latents.FrequencyHistogram(-10, 20).Select(bin => (double)bin.Count)];
        counts[0] += latents.Dead;
        return counts;
    }

    private static void Compare(string what, JsonElement expected, double[] actual, double tolerance)
    {
        double[] values = expected.ValueKind switch
        {
            JsonValueKind.Number => [expected.GetDouble()],
            JsonValueKind.Array => [.. expected.EnumerateArray().Select(v => v.GetDouble())],
            _ => [.. expected.GetProperty("counts").EnumerateArray().Select(v => v.GetDouble())],
        };
        Assert.True(values.Length == actual.Length, what);
        for (int i = 0; i < values.Length; i++)
        {
            Close($"{what}[{i}]", values[i], actual[i], tolerance);
        }
    }

    private static void Close(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected:R}, got {actual:R}");
}
