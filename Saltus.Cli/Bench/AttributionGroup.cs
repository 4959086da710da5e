using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Cli.Bench;

/// <summary>Attribution by gradient times activation, with an SAE of random weights in the middle of a language model.</summary>
internal static class AttributionGroup
{
    private const int Latents = 4096;
    private const int ActiveLatents = 32;
    private const int Tokens = 64;

    /// <summary>Attributions above a forward pass over the same prompt; the work of both counts as that of the forward pass.</summary>
    public static IEnumerable<BenchPair> Pairs(BenchSettings settings)
    {
        foreach (string path in ModelGroups.Models(settings))
        {
            using LanguageModelInput model = LanguageModelInput.Open(path);
            ModelConfiguration configuration = model.Model.Configuration;
            TokenBatch batch = ModelGroups.Batch(model.Tokenizer, 1, Tokens);
            int[] ids = batch.Tokens.ToArray();
            bool[] counted = new bool[Tokens];
            counted.AsSpan(1).Fill(true);
            Site site = new(SiteKind.ResidPost, configuration.Layers / 2);
            using SparseAutoencoder sae = Random(settings.Team, model.Model, batch, site);
            LatentAttribution attribution = new(new PlacedSae(model.Model, sae, site));
            LogitDifference difference = new(new LogitPair(0, 1), [Tokens - 1]);
            BenchWork work = BenchWork.Flops(ModelFlops.Forward(configuration, batch, hasLogits: false));
            ModelRun hidden = new() { FinalNorm = (_, _) => { } };
            using BenchCase forward = new(
                $"{model.Name}, forward", $"{Tokens} tokens, without logits", work, () => model.Model.Run(settings.Team, batch, hidden))
            {
                Tokens = Tokens,
            };
            int nodes = 0;
            using BenchCase attribute = new(
                $"{model.Name}, attribution",
                $"{Latents:N0} latents at {site} of {configuration.Layers} layers × {Tokens} tokens, one logit difference",
                work,
                () => nodes = attribution.Run(settings.Team, ids, counted, difference, new AttributionOptions()).Latents.Count)
            {
                Tokens = Tokens,
                Note = () => $"{nodes} latents active",
            };
            yield return new BenchPair(attribute, forward);
        }
    }

    /// <summary>An SAE whose one threshold lets through <see cref="ActiveLatents"/> a token of the batch, but its first, which stands for a BOS.</summary>
    private static SparseAutoencoder Random(WorkTeam team, LanguageModel model, TokenBatch batch, Site site)
    {
        int width = model.Configuration.WidthAt(site.Kind);
        RandomSource random = new(1, "attribution");
        Matrix encoder = new(Latents, width);
        Matrix decoder = new(Latents, width);
        float scale = 1 / MathF.Sqrt(width);
        foreach (ref float value in encoder.Span)
        {
            value = scale * (float)(random.NextDouble() - 0.5);
        }

        encoder.Span.CopyTo(decoder.Span);
        float[] thresholds = new float[Latents];
        model.Run(team, batch, new ModelRun
        {
            Taps =
            [
                new Tap(site, (_, activation) =>
                {
                    using Matrix all = new(batch.TokenCount, Latents);
                    MatMul.Multiply(team, activation, new MatrixRows(encoder), all);
                    float[] sorted = all.RowRange(1, all.Rows - 1).ToArray();
                    Array.Sort(sorted);
                    thresholds.AsSpan().Fill(sorted[^(ActiveLatents * (all.Rows - 1))]);
                }),
            ],
        });
        return new SparseAutoencoder(encoder, new float[Latents], decoder, new float[width], new JumpReluActivation(thresholds));
    }
}
