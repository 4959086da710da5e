using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Reports;

namespace Saltus.Tests.Evaluation;

public class EvaluationFileTests
{
    private static readonly EvaluationResult s_result = new()
    {
        Tokens = 130_334,
        Documents = 55,
        L0 = 32.25,
        Fvu = 0.125,
        MeanSquaredError = 448.5,
        Cosine = 0.95,
        RelativeReconstructionBias = 0.999,
        Dead = 3,
        Above1Percent = 900,
        Above10Percent = 10,
        FrequencyHistogram = [new HistogramBin(-2, -1, 7), new HistogramBin(-1, 0, 4)],
        Loss = new LossMeasures(3.5, 3.75, 9.5, 9.25),
        Kl = 0.2,
        Intervals = new EvaluationIntervals { DeltaLoss = new ConfidenceInterval(0.2, 0.3), L0 = new ConfidenceInterval(32, 33) },
        Settings = new EvaluationSettings
        {
            Site = "resid_post",
            Layer = 2,
            Context = 256,
            Text = "validation.jsonl.gz",
            Model = "sample-lm",
            SaeHashes = new Dictionary<string, string>(StringComparer.Ordinal) { ["cfg.json"] = "ab", ["sae_weights.safetensors"] = "cd" },
            BootstrapResamples = 10_000,
            Seed = 0,
        },
    };

    [Fact]
    public void The_file_has_exactly_the_keys_of_the_design_in_their_order()
    {
        string[] keys =
        [
            "tokens", "documents", "l0", "fvu", "explained_variance", "mse", "cosine", "relative_reconstruction_bias", "dead", "above_1_percent",
            "above_10_percent", "frequency_histogram", "loss", "delta_loss", "delta_loss_ci", "loss_recovered", "kl", "uniformity", "settings",
        ];
        foreach (EvaluationResult result in new[] { s_result, s_result with { Loss = null, Kl = null, Intervals = new(), Settings = new() } })
        {
            using JsonDocument document = JsonDocument.Parse(Write(result));
            Assert.Equal(keys, document.RootElement.EnumerateObject().Select(property => property.Name));
        }
    }

    [Fact]
    public void What_is_derived_is_written_and_what_was_not_measured_is_null()
    {
        using JsonDocument document = JsonDocument.Parse(Write(s_result with { Fvu = double.NaN }));
        JsonElement root = document.RootElement;
        Assert.Equal(0.25, root.GetProperty("delta_loss").GetDouble());
        Assert.Equal(5.75 / 6, root.GetProperty("loss_recovered").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("uniformity").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("fvu").ValueKind);
        Assert.Equal(new[] { -2.0, -1, 0 }, root.GetProperty("frequency_histogram").GetProperty("log10_edges").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(new[] { 0.2, 0.3 }, root.GetProperty("delta_loss_ci").EnumerateArray().Select(v => v.GetDouble()));
    }

    [Fact]
    public void What_was_written_is_read_again()
    {
        string path = Path.Combine(Path.GetTempPath(), $"saltus-{Guid.NewGuid():N}.json");
        try
        {
            EvaluationFile.Write(path, s_result);
            EvaluationResult read = EvaluationFile.Read(path);
            Assert.Equal(Write(s_result), Write(read));
            Assert.Equal(s_result.FrequencyHistogram, read.FrequencyHistogram);
            Assert.Equal(s_result.Settings.SaeHashes, read.Settings.SaeHashes);
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"kl\": 0.2", "\"kl\": \"much\"", StringComparison.Ordinal));
            JsonFieldException error = Assert.Throws<JsonFieldException>(() => EvaluationFile.Read(path));
            Assert.Contains("kl", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_report_gets_the_same_figures_with_their_intervals()
    {
        FidelityMeasures measures = s_result.ToFidelityMeasures();
        Assert.Equal(new Measurement(0.25, new ConfidenceInterval(0.2, 0.3)), measures.DeltaLoss);
        Assert.Equal(new Measurement(32.25, new ConfidenceInterval(32, 33)), measures.L0);
        Assert.Equal("95 %, BCa bootstrap over documents, 10,000 resamples", measures.IntervalNote);
        Assert.Equal("validation.jsonl.gz", measures.Text);
        Assert.Null((s_result with { Loss = null }).ToFidelityMeasures().DeltaLoss);
    }

    [Fact]
    public void The_files_of_an_sae_are_named_with_their_hashes()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"saltus-{Guid.NewGuid():N}");
        Assert.Throws<InputException>(() => EvaluationSettings.HashesOf(folder));
        Directory.CreateDirectory(folder);
        try
        {
            File.WriteAllText(Path.Combine(folder, "cfg.json"), "abc");

            // The first test vector of FIPS 180-2.
            const string Expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
            Assert.Equal(new[] { KeyValuePair.Create("cfg.json", Expected) }, EvaluationSettings.HashesOf(folder));
            Assert.Equal(Expected, EvaluationSettings.HashesOf(Path.Combine(folder, "cfg.json"))["cfg.json"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_evaluation_on_nothing_is_an_input_error() =>
        Assert.Throws<InputException>(() => EvaluationResult.From(new ReconstructionAccumulator(2, 3), 0));

    private static string Write(EvaluationResult result)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            EvaluationFile.Write(writer, result);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
