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

/// <summary>SAEBench's losses and divergences: the reference's where every token counts, plain runs where some do not.</summary>
public sealed class SaeBenchEvaluationTests
{
    /// <summary>The bound of the goldens' README for a tensor, which losses keep too.</summary>
    private const double LossTolerance = 3e-5;

    [Fact]
    public void Losses_of_tokens_that_all_count_are_those_of_the_reference()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Cases())
        {
            GoldenTensors golden = new(Path.Combine(folder, "golden.safetensors"));
            using JsonDocument meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "meta.json")));
            Site site = new(SiteKind.ResidPost, meta.RootElement.GetProperty("layer").GetInt32());
            using LanguageModel model = LanguageModel.Load(folder);
            TokenWindow[] windows = [.. golden.Integers("input_ids").Select((ids, i) => new TokenWindow(i, 0, ids, false, [.. ids.Select(_ => true)]))];
            using SparseAutoencoder sae = SilentSae(new float[model.Configuration.Width]);
            (SaeBenchVectors vectors, SaeBenchLosses losses) = new SaeBenchEvaluation(model, sae, site, 2).Run(team, windows, null, TestContext.Current.CancellationToken);
            Assert.Equal(windows.Sum(window => window.Length), vectors.Tokens);
            Near(folder, golden.Values("loss")[0], losses.LossWithoutSae);
            Near(folder, golden.Values($"splice.{site.Name}.zero_loss")[0], losses.LossWithAblation);

            // This SAE writes zeros too.
            Near(folder, losses.LossWithAblation, losses.LossWithSae);
            Near(folder, losses.KlWithAblation, losses.KlWithSae);
        }
    }

    [Fact]
    public void Tokens_that_do_not_count_keep_their_activation_and_are_left_out_of_the_means_but_not_of_the_zeros()
    {
        using WorkTeam team = new(1);
        string folder = Cases()[0];
        using LanguageModel model = LanguageModel.Load(folder);
        int[][] rows = new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids");
        TokenWindow[] windows =
        [
            new(0, 0, [2, .. rows[0].AsSpan(0, 9)], true, [false, .. Enumerable.Repeat(true, 9)]),
            new(1, 0, [2, .. rows[1].AsSpan(0, 5)], true, [false, true, true, false, true, true]),
            new(2, 0, [2, 2], true, [false, false]),
            new(3, 0, rows[0][..7], false, [.. Enumerable.Repeat(true, 7)]),
        ];
        Site site = new(SiteKind.ResidPost, 0);
        float[] bias = [.. Enumerable.Range(0, model.Configuration.Width).Select(i => 0.01f * (i % 7))];
        using SparseAutoencoder sae = SilentSae(bias);
        (SaeBenchVectors vectors, SaeBenchLosses losses) = new SaeBenchEvaluation(model, sae, site, 2).Run(team, windows, null, TestContext.Current.CancellationToken);
        Assert.Equal(20, vectors.Tokens);
        double klSae = 0, klZero = 0, clean = 0, spliced = 0, zero = 0;
        int compared = 0, predicted = 0;
        foreach (TokenWindow window in windows)
        {
            using Matrix plain = Logits(team, model, window, null);
            using Matrix changed = Logits(team, model, window, new Edit(site, (_, activation) => Fill(activation, window, bias)));
            using Matrix ablated = Logits(team, model, window, new Edit(site, (_, activation) => activation.Span.Clear()));
            for (int position = 0; position < window.Length; position++)
            {
                if (!window.Counted[position])
                {
                    continue;
                }

                klSae += TokenLosses.Divergence(plain.Row(position), changed.Row(position));
                klZero += TokenLosses.Divergence(plain.Row(position), ablated.Row(position));
                compared++;
                if (position + 1 < window.Length)
                {
                    clean += Loss(plain, window, position);
                    spliced += Loss(changed, window, position);
                    zero += Loss(ablated, window, position);
                    predicted++;
                }
            }
        }

        Near("kl", klSae / compared, losses.KlWithSae);
        Near("kl of zeros", klZero / compared, losses.KlWithAblation);
        Near("clean", clean / predicted, losses.LossWithoutSae);
        Near("spliced", spliced / predicted, losses.LossWithSae);
        Near("zeros", zero / predicted, losses.LossWithAblation);
        Assert.True(losses.KlWithSae > 0.001, "the SAE of this test should change something");
    }

    private static double Loss(Matrix logits, TokenWindow window, int position) =>
        TokenLosses.LogSumExp(logits.Row(position)) - logits.Row(position)[window.Ids[position + 1]];

    private static void Fill(Matrix activation, TokenWindow window, float[] bias)
    {
        for (int position = 0; position < window.Length; position++)
        {
            if (window.Counted[position])
            {
                bias.CopyTo(activation.Row(position));
            }
        }
    }

    private static Matrix Logits(WorkTeam team, LanguageModel model, TokenWindow window, Edit? edit)
    {
        Matrix result = new(window.Length, model.Configuration.VocabularySize);
        model.Run(team, new TokenBatch([window.Ids]), new ModelRun
        {
            Edits = edit is null ? [] : [edit],
            Logits = (_, first, logits) =>
            {
                for (int row = 0; row < logits.Rows; row++)
                {
                    logits.Row(row).CopyTo(result.Row(first + row));
                }
            },
        });
        return result;
    }

    private static List<string> Cases() =>
        Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors")));

    private static SparseAutoencoder SilentSae(float[] bias) => new(
        new Matrix(4, bias.Length), new float[4], new Matrix(4, bias.Length), bias, new JumpReluActivation([1e30f, 1e30f, 1e30f, 1e30f]));

    private static void Near(string what, double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= LossTolerance * Math.Max(1, Math.Abs(expected)), $"{what}: expected {expected}, found {actual}");
}
