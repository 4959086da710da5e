using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Reports;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

/// <summary>Trained SAEs inside the sample LM on the whole validation set, against PyTorch (transformers and SAELens).</summary>
public class FidelityGoldenTests
{
    // The tolerances of the golden's README: float32 sums in another order, and now and then a latent within rounding of its threshold.
    private const double LossTolerance = 1e-4;
    private const double RelativeTolerance = 1e-3;
    private const double FrequencyTolerance = 2e-5;

    /// <summary>The README's tolerance of r; entropies are of the same order.</summary>
    private const double UniformityTolerance = 1e-3;

    /// <summary>A peak is one activation: float32 sums over d = 256 in another order.</summary>
    private const double PeakTolerance = 1e-4;

    /// <summary>A share of M from counts: a latent flips over 1 % or 10 % only if a token on the very edge flips; one latent.</summary>
    private const double ShareTolerance = 1.01 / 2048;

    private static readonly string[] s_sections =
    [
        "model", "sae", "site", "layer", "context", "rule", "metrics", "uniformity", "attribution", "steering", "top_windows",
    ];

    [Fact]
    public void Metrics_losses_and_latents_are_those_of_the_reference()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Fixtures.Cases("eval", path => File.Exists(Path.Combine(path, "golden.json")) && Directory.Exists(Path.Combine(path, "sae"))))
        {
            string name = Path.GetFileName(folder);
            using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));
            JsonElement root = golden.RootElement;
            Assert.True(root.EnumerateObject().All(section => s_sections.Contains(section.Name)), $"{name}: an unknown section");
            string modelFolder = SampleText.ModelFolder(root.GetProperty("model").GetString()!);
            using LanguageModel model = LanguageModel.Load(modelFolder);
            Tokenizer tokenizer = Tokenizer.Load(modelFolder);
            using SparseCoder sae = SaeReader.Read(Path.Combine(folder, "sae")).Sae;
            Site site = Site.Parse(root.GetProperty("site").GetString()!, root.GetProperty("layer").GetInt32());
            List<TokenWindow> windows = SampleText.Windows(tokenizer, root.GetProperty("context").GetInt32());
            LatentCollectorOptions kept = new() { TopSnippets = 40, Apart = 0, SnippetsPerInterval = 0, Neighbours = 0 };
            using LatentCollector collector = new(sae.Latents, kept);
            FidelityResult result = new FidelityEvaluation(model, sae, site, new FidelityOptions()).Run(team, windows, collector);
            CompareUniformity(name, root.GetProperty("uniformity"), new ImportanceUniformity(model, [sae], site, site, 4096), team, windows);
            CompareMetrics(name, root.GetProperty("metrics"), result, windows.Count);
            CompareTensors(name, new GoldenTensors(Path.Combine(folder, "golden.safetensors")), result);
            string[] texts = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.TokenText)];
            CompareTopWindows(name, root.GetProperty("top_windows"), collector.Build(team, sae, texts, null), windows);
        }
    }

    private static void CompareMetrics(string name, JsonElement golden, FidelityResult result, int windows)
    {
        EvaluationResult e = result.Evaluation;
        ReconstructionMetrics m = result.Reconstruction;
        double latents = result.Latents.Counts.Length;
        foreach (JsonProperty metric in golden.EnumerateObject())
        {
            (double actual, double tolerance) = metric.Name switch
            {
                "documents" => (e.Documents, 0),
                "windows" => (windows, 0),
                "vectors" => (e.Tokens, 0),
                "targets" => (result.Documents.Sum(document => document.Targets), 0),
                "l0" => (e.L0, RelativeTolerance * e.L0),
                "l1" => (m.L1, RelativeTolerance * m.L1),
                "mse" => (e.MeanSquaredError, RelativeTolerance * e.MeanSquaredError),
                "fvu" => (e.Fvu, RelativeTolerance * e.Fvu),
                "cosine" => (e.Cosine, RelativeTolerance * e.Cosine),
                "l2_ratio" => (m.NormRatio, RelativeTolerance * m.NormRatio),
                "relative_reconstruction_bias" => (e.RelativeReconstructionBias, RelativeTolerance * e.RelativeReconstructionBias),
                "dead" => (e.Dead / latents, 1e-12),
                "share_above_1_percent" => (e.Above1Percent / latents, ShareTolerance),
                "share_above_10_percent" => (e.Above10Percent / latents, ShareTolerance),
                "loss_clean" => (e.Loss!.Clean, LossTolerance),
                "loss_spliced" => (e.Loss!.Spliced, LossTolerance),
                "loss_zero" => (e.Loss!.Zero, LossTolerance),
                "loss_mean" => (e.Loss!.Mean, LossTolerance),
                "delta_loss" => (e.DeltaLoss!.Value, LossTolerance),
                "loss_recovered_zero" => (e.LossRecovered!.Value, LossTolerance),
                "loss_recovered_mean" => (result.LossRecoveredFromMean, LossTolerance),
                "kl" => (e.Kl!.Value, RelativeTolerance * e.Kl.Value),
                _ => throw new InvalidOperationException($"{name}: metric {metric.Name} is not known to this test"),
            };
            Near($"{name} {metric.Name}", metric.Value.GetDouble(), actual, tolerance);
        }

        // The reference's mean over its own tokens is no target for other tokens: the file's number and its count are there, in range.
        Assert.InRange(e.Uniformity!.Value, 1 / e.L0, 1);
        Assert.Equal(new FidelityOptions().UniformityTokens, e.Settings.UniformityTokens);
        ConfidenceInterval interval = e.Intervals.DeltaLoss!.Value;
        Assert.True(interval.Low < e.DeltaLoss && e.DeltaLoss < interval.High, $"{name}: delta loss {e.DeltaLoss} outside {interval}");
    }

    private static void CompareUniformity(string name, JsonElement golden, ImportanceUniformity uniformity, WorkTeam team, List<TokenWindow> windows)
    {
        JsonElement[] samples = [.. golden.GetProperty("samples").EnumerateArray()];
        UniformityPlace[] places =
        [
            .. samples.Select(sample => new UniformityPlace(windows[sample.GetProperty("window").GetInt32()], sample.GetProperty("position").GetInt32())),
        ];
        IReadOnlyList<UniformitySample> measured = uniformity.Measure(team, places)[0];
        for (int i = 0; i < samples.Length; i++)
        {
            Assert.Equal(samples[i].GetProperty("target").GetInt32(), places[i].Window.Ids[places[i].Position + 1]);
            Near($"{name} active of sample {i}", samples[i].GetProperty("active").GetInt32(), measured[i].Active, 0);
            Near($"{name} entropy of sample {i}", samples[i].GetProperty("entropy").GetDouble(), measured[i].Entropy, UniformityTolerance);
            Near($"{name} r of sample {i}", samples[i].GetProperty("r").GetDouble(), measured[i].Uniformity, UniformityTolerance);
        }

        Near($"{name} mean r", golden.GetProperty("mean_r").GetDouble(), measured.Average(sample => sample.Uniformity), UniformityTolerance);
    }

    private static void CompareTensors(string name, GoldenTensors golden, FidelityResult result)
    {
        int latents = result.Latents.Counts.Length;
        Near($"{name} mean", golden.Values("mean"), [.. result.Mean], PeakTolerance * result.Mean.Max(Math.Abs));
        float[] frequencies = [.. Enumerable.Range(0, latents).Select(i => (float)result.Latents.Frequency(i))];
        Near($"{name} frequency", golden.Values("frequency"), frequencies, FrequencyTolerance);
        float[] peaks = golden.Values("peak");
        Near($"{name} peak", peaks, result.Latents.Maxima.ToArray(), PeakTolerance * peaks.Max());
        Near($"{name} targets", golden.Values("per_document_targets"), PerDocument(result, _ => 1, document => document.Targets), 0);
        Near($"{name} clean", golden.Values("per_document_loss.clean"), PerDocument(result, document => document.Clean), LossTolerance);
        Near($"{name} spliced", golden.Values("per_document_loss.spliced"), PerDocument(result, document => document.Spliced), LossTolerance);
        Near($"{name} zero", golden.Values("per_document_loss.zero"), PerDocument(result, document => document.Zero), LossTolerance);
        Near($"{name} mean-ablated", golden.Values("per_document_loss.mean"), PerDocument(result, document => document.Mean), LossTolerance);
    }

    /// <summary>
    /// The reference lists the strongest places of a latent among those where no other latent was stronger. Each must be among the latent's
    /// top snippets, with its activation, unless more than those kept are stronger.
    /// </summary>
    private static void CompareTopWindows(string name, JsonElement golden, IReadOnlyList<LatentReport> reports, List<TokenWindow> windows)
    {
        foreach (JsonProperty latent in golden.EnumerateObject())
        {
            LatentReport report = reports[int.Parse(latent.Name, System.Globalization.CultureInfo.InvariantCulture)];
            double lowest = report.TopSnippets[^1].Activations[report.TopSnippets[^1].Focus];
            foreach (JsonElement place in latent.Value.EnumerateArray())
            {
                TokenWindow window = windows[place.GetProperty("window").GetInt32()];
                int position = window.DocumentPosition(place.GetProperty("position").GetInt32());
                double value = place.GetProperty("value").GetDouble();
                Snippet? snippet = report.TopSnippets.FirstOrDefault(s => s.Document == window.Document && s.Position == position);
                double tolerance = PeakTolerance * report.MaxActivation;
                Assert.True(
                    snippet is not null || value <= lowest + tolerance,
                    $"{name}: latent {latent.Name} lacks document {window.Document}, token {position}");
                if (snippet is not null)
                {
                    Near($"{name} latent {latent.Name}", value, snippet.Activations[snippet.Focus], tolerance);
                }
            }
        }
    }

    private static float[] PerDocument(FidelityResult result, Func<DocumentLosses, double> value) => PerDocument(result, document => document.Targets, value);

    private static float[] PerDocument(FidelityResult result, Func<DocumentLosses, double> divisor, Func<DocumentLosses, double> value) =>
        [.. result.Documents.Select(document => (float)(value(document) / divisor(document)))];

    private static void Near(string what, float[] expected, float[] actual, double tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {actual.Length} values, expected {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            Near($"{what}[{i}]", expected[i], actual[i], tolerance);
        }
    }

    private static void Near(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected:R}, got {actual:R}");
}
