using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

public class FidelityEvaluationTests
{
    /// <summary>The bound of the goldens' README for a tensor, which losses keep too.</summary>
    private const double LossTolerance = 3e-5;

    [Fact]
    public void Clean_zero_mean_and_spliced_losses_are_those_of_the_reference_at_every_site_and_family()
    {
        using WorkTeam team = new(2);
        foreach (string folder in ModelCases())
        {
            GoldenTensors golden = new(Path.Combine(folder, "golden.safetensors"));
            using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
            int layer = meta.RootElement.GetProperty("layer").GetInt32();
            using LanguageModel model = LanguageModel.Load(folder);
            List<TokenWindow> windows = [.. golden.Integers("input_ids").Select((ids, i) => new TokenWindow(i, 0, ids, false, [.. ids.Select(_ => true)]))];
            foreach (SiteKind kind in new[] { SiteKind.ResidPost, SiteKind.MlpOut, SiteKind.AttnZ })
            {
                Site site = new(kind, layer);
                using Matrix activation = golden.Matrix($"{site.Name}.{layer}");
                float zeroLoss = golden.Values($"splice.{site.Name}.zero_loss")[0];
                float meanLoss = golden.Values($"splice.{site.Name}.mean_loss")[0];

                // SAEs of which no latent is ever active write their decoder bias everywhere: zeros, then the mean.
                float[] mean = Mean(activation);
                foreach ((float[] bias, float expected) in new[] { (new float[mean.Length], zeroLoss), (mean, meanLoss) })
                {
                    using SparseAutoencoder sae = SilentSae(bias);
                    FidelityResult result = new FidelityEvaluation(model, sae, site, new FidelityOptions()).Run(team, windows);
                    string what = $"{Path.GetFileName(folder)} {site}";
                    Near($"{what} clean", golden.Values("loss")[0], result.Evaluation.Loss!.Clean);
                    Near($"{what} zero", zeroLoss, result.Evaluation.Loss.Zero);
                    Near($"{what} mean", meanLoss, result.Evaluation.Loss.Mean);
                    Near($"{what} spliced", expected, result.Evaluation.Loss.Spliced);
                    Assert.Equal(sae.Latents, result.Evaluation.Dead);
                    Assert.Equal(0, result.Evaluation.L0);
                }
            }
        }
    }

    [Fact]
    public void Neither_threads_nor_batches_nor_shared_ablations_change_a_bit()
    {
        foreach (string folder in ModelCases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            List<TokenWindow> windows = MixedWindows(new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids"));
            foreach (SiteKind kind in new[] { SiteKind.ResidPost, SiteKind.AttnOut })
            {
                Site site = new(kind, 1);
                using SparseAutoencoder sae = RandomSae(model.Configuration.WidthAt(kind));
                FidelityResult? first = null;
                foreach ((int threads, int tokens, bool share) in new[] { (1, 4096, true), (3, 4096, false), (2, 1, true), (1, 60, false) })
                {
                    using WorkTeam team = new(threads);
                    FidelityOptions options = new() { BatchTokens = tokens, ShareAblations = share, Bootstrap = new BootstrapOptions { Resamples = 50 } };
                    FidelityResult result = new FidelityEvaluation(model, sae, site, options).Run(team, windows);
                    first ??= result;
                    string what = $"{Path.GetFileName(folder)} {site}: {threads} threads, {tokens} tokens, shared {share}";
                    Assert.True(first.Documents.SequenceEqual(result.Documents), what);
                    Assert.True(first.Reconstruction == result.Reconstruction, what);
                    Assert.True(first.Evaluation.Intervals == result.Evaluation.Intervals, what);
                }

                Assert.True(first!.Evaluation.L0 > 1, $"{folder}: the SAE of this test should have active latents");
                Assert.NotNull(first.Evaluation.Intervals.DeltaLoss);
                Assert.NotNull(first.Evaluation.Intervals.Fvu);
            }
        }
    }

    [Fact]
    public void Per_document_sums_give_back_the_figures_of_the_whole()
    {
        using WorkTeam team = new(1);
        string folder = ModelCases()[0];
        using LanguageModel model = LanguageModel.Load(folder);
        List<TokenWindow> windows = MixedWindows(new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids"));
        using SparseAutoencoder sae = RandomSae(model.Configuration.Width);
        FidelityOptions options = new() { Settings = new EvaluationSettings { Text = "held out", Context = 40 } };
        FidelityResult result = new FidelityEvaluation(model, sae, new Site(SiteKind.ResidPost, 0), options).Run(team, windows);
        double targets = result.Documents.Sum(document => document.Targets);
        Assert.Equal(windows.Sum(window => window.Length - 1), targets);
        Assert.Equal(windows.Sum(window => window.CountedTokens), result.Evaluation.Tokens);
        Assert.Equal(result.Documents.Sum(document => document.Spliced - document.Clean) / targets, result.Evaluation.DeltaLoss!.Value, 12);
        Assert.Equal(result.Documents.Sum(document => document.Kl) / targets, result.Evaluation.Kl!.Value, 12);
        Assert.True(result.Evaluation.Kl > 0);
        Assert.Equal("resid_post", result.Evaluation.Settings.Site);
        Assert.Equal(0, result.Evaluation.Settings.Layer);
        Assert.Equal("held out", result.Evaluation.Settings.Text);
        Assert.Equal(40, result.Evaluation.Settings.Context);
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_one_line()
    {
        using WorkTeam team = new(1);
        using LanguageModel model = LanguageModel.Load(ModelCases()[0]);
        using SparseAutoencoder narrow = SilentSae(new float[3]);
        using SparseAutoencoder fitting = SilentSae(new float[model.Configuration.Width]);
        Site site = new(SiteKind.ResidPost, 0);
        InputException width = Assert.Throws<InputException>(() => new FidelityEvaluation(model, narrow, site, new FidelityOptions()));
        Assert.Contains("width", width.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', width.Message);
        Assert.Throws<InputException>(() => new FidelityEvaluation(model, fitting, site, new FidelityOptions()).Run(team, []));
        Assert.ThrowsAny<InputException>(() => new FidelityEvaluation(model, fitting, new Site(SiteKind.ResidPost, 99), new FidelityOptions()));
    }

    [Fact]
    public void Progress_counts_windows_and_a_cancelled_evaluation_stops()
    {
        using WorkTeam team = new(1);
        string folder = ModelCases()[0];
        using LanguageModel model = LanguageModel.Load(folder);
        List<TokenWindow> windows = MixedWindows(new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids"));
        using SparseAutoencoder sae = SilentSae(new float[model.Configuration.Width]);
        FidelityEvaluation evaluation = new(model, sae, new Site(SiteKind.ResidPost, 0), new FidelityOptions { BatchTokens = 40 });
        using CancellationTokenSource source = new();
        CollectedProgress progress = new(report => source.Cancel());
        Assert.Throws<OperationCanceledException>(() => evaluation.Run(team, windows, null, progress, source.Token));
        FidelityProgress seen = Assert.Single(progress.Reports);
        Assert.Equal(windows.Count, seen.TotalWindows);
        Assert.InRange(seen.Windows, 1, windows.Count - 1);
    }

    private static List<string> ModelCases() =>
        Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors")));

    /// <summary>
    /// Windows of several lengths: most with the same token in front that does not count, one without, one with a special
    /// token inside, one of special tokens only.
    /// </summary>
    private static List<TokenWindow> MixedWindows(int[][] rows)
    {
        List<TokenWindow> windows = [];
        foreach ((int document, int start, int length) in new[] { (0, 0, 17), (0, 17, 5), (1, 3, 30), (1, 33, 2), (2, 1, 22), (3, 8, 20), (4, 0, 3) })
        {
            int[] ids = rows[document % rows.Length].AsSpan(start, length).ToArray();
            bool[] counted = [.. ids.Select(_ => true)];
            bool hasBos = document != 3;
            if (hasBos)
            {
                (ids[0], counted[0]) = (2, false);
            }

            if (document == 2)
            {
                counted[9] = false;
            }
            else if (document == 4)
            {
                counted.AsSpan().Clear();
            }

            windows.Add(new TokenWindow(document, start, ids, hasBos, counted));
        }

        return windows;
    }

    private static SparseAutoencoder SilentSae(float[] bias) => new(
        new Matrix(4, bias.Length), new float[4], new Matrix(4, bias.Length), bias, new JumpReluActivation([1e30f, 1e30f, 1e30f, 1e30f]));

    private static SparseAutoencoder RandomSae(int width)
    {
        const int Latents = 64;
        RandomSource random = new(1, "test");
        Matrix encoder = new(Latents, width);
        Matrix decoder = new(Latents, width);
        foreach (Matrix matrix in new[] { encoder, decoder })
        {
            foreach (ref float value in matrix.Span)
            {
                value = (float)(random.NextDouble() - 0.5);
            }
        }

        return new SparseAutoencoder(encoder, new float[Latents], decoder, new float[width], new JumpReluActivation([.. Enumerable.Repeat(0.1f, Latents)]));
    }

    private static float[] Mean(Matrix x)
    {
        double[] sums = new double[x.Columns];
        for (int row = 0; row < x.Rows; row++)
        {
            for (int j = 0; j < sums.Length; j++)
            {
                sums[j] += x.Row(row)[j];
            }
        }

        return [.. sums.Select(sum => (float)(sum / x.Rows))];
    }

    private static void Near(string what, double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= LossTolerance * Math.Abs(expected), $"{what}: expected {expected:R}, got {actual:R}");

    private sealed class CollectedProgress(Action<FidelityProgress> then) : IProgress<FidelityProgress>
    {
        public List<FidelityProgress> Reports { get; } = [];

        public void Report(FidelityProgress value)
        {
            Reports.Add(value);
            then(value);
        }
    }
}
