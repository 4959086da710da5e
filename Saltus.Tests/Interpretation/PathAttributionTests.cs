using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Tests.Interpretation;

public class PathAttributionTests
{
    private const int UpperLatents = 96;

    /// <summary>Change of the lower latent's activation: small against activations of size 1 to 10, large against float32 rounding behind a block.</summary>
    private const float Step = 0.02f;

    /// <summary>Central differences over a block in float32, as a share of the largest weight.</summary>
    private const double Tolerance = 0.02;

    [Fact]
    public void A_path_weighs_what_a_small_change_below_does_to_the_latent_above()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = [.. opened.Tokenizer.Encode("And the LORD said unto Moses").Ids];
            LogitDifference difference = new(new LogitPair(5, 900), [ids.Length - 1]);
            Site above = new(SiteKind.ResidPost, opened.Placed.Target.Layer + 1);
            using SparseAutoencoder sae = Random(opened.Model.Configuration.Width);
            PlacedSae upper = new(opened.Model, sae, above);
            bool[] counted = opened.Counted.Of(ids);
            IReadOnlyList<AttributionPath> paths = new PathAttribution(opened.Placed, upper).Run(team, ids, counted, difference, upperNodes: 4, paths: 100_000);
            Assert.Equal(paths.OrderByDescending(path => Math.Abs(path.Weight)).Select(path => path.Weight), paths.Select(path => path.Weight));
            Assert.Equal(4, paths.Select(path => path.Upper).Distinct().Count());
            Assert.All(paths, path => Assert.True(path.LowerPosition <= path.Upper.Position && path.LowerPosition > 0));
            Assert.Contains(paths, path => path.LowerLatent is null);
            LatentAttribution below = new(opened.Placed);
            IReadOnlyList<LatentNode> lower = below.Run(team, ids, counted, difference, new AttributionOptions()).Latents;
            double largest = Math.Abs(paths[0].Weight);
            foreach (AttributionPath path in paths.Where(path => path.LowerLatent is not null).Take(12))
            {
                LatentNode node = lower.Single(node => node.Position == path.LowerPosition && node.Latent == path.LowerLatent);
                double more = Above(team, opened, upper, ids, node, path.Upper, Step);
                double slope = (more - Above(team, opened, upper, ids, node, path.Upper, -Step)) / (2.0 * Step);
                double expected = node.Activation * slope * path.Upper.Attribution / path.Upper.Activation;
                string what = $"{opened.Name} latent {node.Latent} at {node.Position} through {path.Upper.Latent} at {path.Upper.Position}";
                Assert.True(Math.Abs(expected - path.Weight) <= Tolerance * largest, $"{what}: expected {expected}, got {path.Weight}");
            }
        }
    }

    [Fact]
    public void SAEs_in_the_wrong_order_are_refused()
    {
        foreach (CausalCase opened in CausalCase.All())
        {
            InputException refusal = Assert.Throws<InputException>(() => new PathAttribution(opened.Placed, opened.Placed));
            Assert.Contains("lower one first", refusal.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The activation of a latent above while one below is changed at one position.</summary>
    private static double Above(WorkTeam team, CausalCase opened, PlacedSae upper, int[] ids, LatentNode below, LatentNode above, float change)
    {
        LatentIntervention intervention = new(opened.Placed, [below.Latent], (_, value, place) => place == below.Position ? value + change : value);
        double result = 0;
        opened.Model.Run(team, new TokenBatch([ids]), new ModelRun
        {
            Edits = intervention.Edits(team, opened.Counted),
            Taps =
            [
                new Tap(upper.Site, (_, activation) =>
                {
                    SparseAutoencoder sae = (SparseAutoencoder)upper.Sae;
                    float[] weights = new float[sae.InputWidth];
                    sae.ReadEncoderRow(above.Latent, weights);
                    result = Reductions.DotInDouble(weights, activation.Row(above.Position)) + sae.EncoderBiases[above.Latent];
                }),
            ],
        });
        return result;
    }

    private static SparseAutoencoder Random(int width)
    {
        RandomSource random = new(3, "upper SAE");
        Matrix encoder = new(UpperLatents, width);
        Matrix decoder = new(UpperLatents, width);
        foreach (ref float value in encoder.Span)
        {
            value = (float)((random.NextDouble() - 0.5) / width);
        }

        encoder.Span.CopyTo(decoder.Span);
        float[] thresholds = new float[UpperLatents];
        thresholds.AsSpan().Fill(1e-3f);
        return new SparseAutoencoder(encoder, new float[UpperLatents], decoder, new float[width], new JumpReluActivation(thresholds));
    }
}
