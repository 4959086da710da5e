using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

/// <summary>Transcoders in their language model, against sums over a run of the model's own taps and edits.</summary>
public class TranscoderFidelityTests
{
    private const int Latents = 48;

    /// <summary>Both sides are float32 runs of one model; the sums differ in order alone.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>What replaces an activation is computed once in float32 by the engine, once in double by this test.</summary>
    private const double LossTolerance = 2e-5;

    [Fact]
    public void Figures_are_those_of_a_plain_run_with_the_target_replaced()
    {
        using WorkTeam team = new(2);
        foreach (string folder in ModelCases())
        {
            using LanguageModel model = LanguageModel.Load(folder);
            TokenWindow[] windows = Windows(folder);
            foreach ((Site site, Site target, bool hasSkip) in new[]
            {
                (new Site(SiteKind.MlpIn, 1), new Site(SiteKind.MlpOut, 1), true),
                (new Site(SiteKind.ResidPre, 0), new Site(SiteKind.AttnZ, 1), false),
                (new Site(SiteKind.AttnZ, 0), new Site(SiteKind.ResidPost, 1), true),
            })
            {
                using SparseAutoencoder sae = Transcoder(model.Configuration.WidthAt(site.Kind), model.Configuration.WidthAt(target.Kind), hasSkip);
                FidelityResult result = new FidelityEvaluation(model, sae, site, new FidelityOptions { Target = target, BatchTokens = 40 }).Run(team, windows);
                string what = $"{Path.GetFileName(folder)} {site} to {target}";
                Compare(what, model, team, sae, site, target, windows, result);
                Assert.Equal((target.Name, (int?)target.Layer), (result.Evaluation.Settings.TargetSite, result.Evaluation.Settings.TargetLayer));
                Assert.Equal((site.Name, (int?)site.Layer), (result.Evaluation.Settings.Site, result.Evaluation.Settings.Layer));
            }
        }
    }

    [Fact]
    public void A_transcoder_that_leaves_out_its_target_or_writes_before_what_it_reads_is_refused()
    {
        using LanguageModel model = LanguageModel.Load(ModelCases()[0]);
        int width = model.Configuration.Width;
        using SparseAutoencoder unnamed = Transcoder(width, width, hasSkip: false);
        using SparseAutoencoder named = Transcoder(width, width, hasSkip: false, "blocks.1.hook_mlp_out");
        Site site = new(SiteKind.MlpIn, 1);
        Refused("target", () => _ = new FidelityEvaluation(model, named, site, new FidelityOptions()));
        Refused("resid_pre.1", () => _ = new FidelityEvaluation(model, unnamed, site, new FidelityOptions { Target = new Site(SiteKind.ResidPre, 1) }));
        using SparseAutoencoder narrow = Transcoder(width, 3, hasSkip: false);
        Refused("width", () => _ = new FidelityEvaluation(model, narrow, site, new FidelityOptions { Target = new Site(SiteKind.MlpOut, 1) }));
    }

    private static void Refused(string word, Action action)
    {
        InputException exception = Assert.Throws<InputException>(action);
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    private static void Compare(
        string what, LanguageModel model, WorkTeam team, SparseAutoencoder sae, Site site, Site target, TokenWindow[] windows, FidelityResult result)
    {
        double error = 0, count = 0, active = 0, spliced = 0, clean = 0, changed = 0, targets = 0;
        List<float[]> wanted = [];
        foreach (TokenWindow window in windows)
        {
            TokenBatch batch = new([window.Ids]);
            Matrix? x = null;
            Matrix? y = null;
            using Matrix? cleanLogits = Logits(model, team, batch, new ModelRun
            {
                Taps = [new Tap(site, (_, activation) => x = activation.Clone()), new Tap(target, (_, activation) => y = activation.Clone())],
            });
            Matrix replacement = y!.Clone();
            for (int row = 0; row < window.Length; row++)
            {
                if (!window.Counted[row])
                {
                    continue;
                }

                (double[] output, int latents) = Plain(sae, x!.Row(row));
                wanted.Add(y.Row(row).ToArray());
                count++;
                active += latents;
                for (int j = 0; j < output.Length; j++)
                {
                    replacement.Row(row)[j] = (float)output[j];
                    error += (y.Row(row)[j] - output[j]) * (y.Row(row)[j] - output[j]);
                }
            }

            using Matrix? splicedLogits = Logits(model, team, batch, new ModelRun { Edits = [new Edit(target, (_, activation) => replacement.Span.CopyTo(activation.Span))] });
            for (int row = 0; row + 1 < window.Length; row++, targets++)
            {
                double before = Loss(cleanLogits!.Row(row), window.Ids[row + 1]);
                double after = Loss(splicedLogits!.Row(row), window.Ids[row + 1]);
                clean += before;
                spliced += after;
                changed += Math.Abs(after - before);
            }

            x!.Dispose();
            y.Dispose();
            replacement.Dispose();
        }

        double variance = 0;
        for (int j = 0; j < wanted[0].Length; j++)
        {
            double mean = wanted.Average(vector => (double)vector[j]);
            variance += wanted.Sum(vector => (vector[j] - mean) * (vector[j] - mean));
        }

        Assert.True(active > count, $"{what}: {active} active latents at {count} tokens show nothing");
        Near($"{what} l0", active / count, result.Evaluation.L0, Tolerance);
        Near($"{what} fvu", error / variance, result.Evaluation.Fvu, LossTolerance);
        Near($"{what} clean", clean / targets, result.Evaluation.Loss!.Clean, LossTolerance);
        Near($"{what} spliced", spliced / targets, result.Evaluation.Loss.Spliced, LossTolerance);
        Assert.True(changed > 100 * LossTolerance * clean, $"{what}: a splice that changes the losses by {changed / clean:E1} of them shows nothing");
    }

    private static (double[] Output, int Active) Plain(SparseAutoencoder sae, ReadOnlySpan<float> x)
    {
        double[] output = [.. sae.DecoderBias.ToArray().Select(value => (double)value)];
        int active = 0;
        for (int latent = 0; latent < Latents; latent++)
        {
            double pre = sae.EncoderBias[latent];
            for (int j = 0; j < x.Length; j++)
            {
                pre += (double)sae.EncoderWeights.Row(latent)[j] * x[j];
            }

            if (pre <= ((JumpReluActivation)sae.Activation).Thresholds[latent])
            {
                continue;
            }

            active++;
            for (int j = 0; j < output.Length; j++)
            {
                output[j] += pre * sae.DecoderWeights.Row(latent)[j];
            }
        }

        for (int j = 0; j < output.Length && sae.SkipWeights is not null; j++)
        {
            for (int i = 0; i < x.Length; i++)
            {
                output[j] += (double)sae.SkipWeights.Row(j)[i] * x[i];
            }
        }

        return (output, active);
    }

    private static Matrix? Logits(LanguageModel model, WorkTeam team, TokenBatch batch, ModelRun run)
    {
        Matrix? logits = null;
        model.Run(team, batch, run with
        {
            FinalNorm = (_, final) =>
            {
                logits = new Matrix(final.Rows, model.Configuration.VocabularySize);
                model.ComputeLogits(team, final, logits);
            },
        });
        return logits;
    }

    private static double Loss(ReadOnlySpan<float> logits, int next)
    {
        double most = double.NegativeInfinity;
        foreach (float value in logits)
        {
            most = Math.Max(most, value);
        }

        double sum = 0;
        foreach (float value in logits)
        {
            sum += Math.Exp(value - most);
        }

        return most + Math.Log(sum) - logits[next];
    }

    private static void Near(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Abs(expected), $"{what}: expected {expected:R}, got {actual:R}");

    private static List<string> ModelCases() =>
        Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors")));

    private static TokenWindow[] Windows(string folder)
    {
        int[][] ids = new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids");
        return
        [
            .. ids.Take(2).Select((row, document) =>
            {
                int[] part = row[..Math.Min(row.Length, 18 + document)];
                return new TokenWindow(document, 0, part, true, [.. part.Select((_, position) => position > 0)]);
            }),
        ];
    }

    private static SparseAutoencoder Transcoder(int width, int outputWidth, bool hasSkip, string? output = null)
    {
        RandomSource random = new(width + outputWidth, "test");
        Matrix encoder = Random(random, Latents, width);
        return new SparseAutoencoder(
            encoder, new float[Latents], Random(random, Latents, outputWidth), Random(random, 1, outputWidth).Row(0).ToArray(),
            new JumpReluActivation([.. Enumerable.Repeat(0.05f, Latents)]))
        {
            SkipWeights = hasSkip ? Random(random, outputWidth, width) : null,
            Metadata = new SaeMetadata { OutputHookName = output },
        };
    }

    private static Matrix Random(RandomSource random, int rows, int columns)
    {
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)((random.NextDouble() - 0.5) * 2);
        }

        return matrix;
    }
}
