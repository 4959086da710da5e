using System.Text.Json;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

public class LatentAttributionTests
{
    /// <summary>Both sums run over the same float32 products of size up to a few hundred, in double; the reconstruction is rounded to float32.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>
    /// The midpoint rule with 64 points on a curve whose difference between the ends is about 5 to 10; what is left falls with the square of the
    /// number of points.
    /// </summary>
    private const double LineTolerance = 0.05;

    [Fact]
    public void Latents_errors_bias_and_kept_positions_take_the_activation_apart()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = [.. opened.Tokenizer.Encode("It was the best of times, it was the").Ids];
            LogitDifference difference = new(new LogitPair(400, 17), [ids.Length - 1, 4]);
            AttributionResult result = new LatentAttribution(opened.Placed).Run(team, ids, opened.Counted.Of(ids), difference, new AttributionOptions());
            double expected = 0;
            using (ResumePoint point = opened.Model.RunAndKeep(team, new TokenBatch([ids]), opened.Placed.Target))
            using (GradientTape tape = opened.Model.RecordFrom(team, point))
            {
                opened.Model.Backward(team, tape, difference.Seed, new BackwardRun
                {
                    Rows = [4, ids.Length - 1],
                    Taps = [new Tap(opened.Placed.Target, (_, gradient) => expected = Reductions.DotInDouble(gradient.Span, point.Activation.Span))],
                });
            }

            Assert.Equal(expected, result.Total, SumTolerance);
            Assert.Equal(0, Assert.Single(result.Kept).Position);
            Assert.Equal(Enumerable.Range(1, ids.Length - 1), result.Errors.Select(node => node.Position));
            Assert.Contains(result.Errors, node => node.Attribution != 0);
            Assert.Equal(result.Latents.OrderBy(node => node.Position).ThenBy(node => node.Latent), result.Latents);
        }
    }

    [Fact]
    public void Integrated_gradients_add_up_to_what_latents_and_errors_change()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = [.. opened.Tokenizer.Encode("And the LORD said unto Moses").Ids];
            JsonElement golden = opened.Root.GetProperty("attribution");
            LogitPair pair = new(golden.GetProperty("plus").GetInt32(), golden.GetProperty("minus").GetInt32());
            LogitDifference difference = new(pair, [ids.Length - 1]);
            LatentAttribution attribution = new(opened.Placed);
            AttributionResult Run(int steps) => attribution.Run(
                team, ids, opened.Counted.Of(ids), difference, new AttributionOptions { Method = AttributionMethod.IntegratedGradients, Steps = steps });
            double Gap(AttributionResult result) => Math.Abs(result.Difference - result.Baseline!.Value - result.Total);
            AttributionResult fine = Run(64);
            Assert.True(Math.Abs(fine.Difference - fine.Baseline!.Value) > 0.5, $"{opened.Name}: nothing to explain");
            Assert.True(Gap(fine) < LineTolerance, $"{opened.Name}: {fine.Difference} − {fine.Baseline} is not {fine.Total}");
            Assert.True(Gap(fine) < Gap(Run(2)), opened.Name);

            // The baseline is a run of its own: every counted position at the SAE's bias.
            float[] at = [];
            LatentIntervention off = new(opened.Placed, [.. Enumerable.Range(0, opened.Sae.Latents)], LatentRules.Ablate) { KeepsError = false };
            opened.Model.Run(team, new TokenBatch([ids]), new ModelRun
            {
                Edits = off.Edits(team, opened.Counted),
                Logits = (_, first, logits) => at = first + logits.Rows == ids.Length ? logits.Row(logits.Rows - 1).ToArray() : at,
            });
            Assert.Equal((double)at[pair.Plus] - at[pair.Minus], fine.Baseline!.Value, 1e-9);
        }
    }

    [Fact]
    public void Attribution_and_ablation_have_the_same_bits_on_any_number_of_threads_and_in_any_batch()
    {
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = [.. opened.Tokenizer.Encode("Call me Ishmael. Some years ago").Ids];
            LogitDifference difference = new(new LogitPair(400, 17), [ids.Length - 1]);
            List<AttributionResult> results = [];
            List<IReadOnlyList<double>> effects = [];
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using WorkTeam team = new(threads);
                results.Add(new LatentAttribution(opened.Placed).Run(team, ids, opened.Counted.Of(ids), difference, new AttributionOptions()));
                effects.Add(new NodeAblation(opened.Placed) { BatchTokens = 40 * threads }.Run(team, ids, results[0].Strongest(12), difference));
            }

            Assert.All(results, result => Assert.Equal(results[0].Latents, result.Latents));
            Assert.All(effects, list => Assert.Equal(effects[0], list));
        }
    }

    [Fact]
    public void Rank_correlation_is_scipys()
    {
        foreach (string root in Fixtures.Roots)
        {
            string file = Path.Combine(root, "statistics", "statistics.json");
            using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement pair in golden.RootElement.GetProperty("correlation").EnumerateArray())
            {
                double[] x = [.. pair.GetProperty("x").EnumerateArray().Select(value => value.GetDouble())];
                double[] y = [.. pair.GetProperty("y").EnumerateArray().Select(value => value.GetDouble())];
                Assert.Equal(pair.GetProperty("spearman").GetDouble(), RankCorrelation.Spearman(x, y), 1e-9);
                double[] roundX = [.. x.Select(Rounded)];
                double[] roundY = [.. y.Select(Rounded)];
                Assert.Equal(pair.GetProperty("spearman_of_rounded").GetDouble(), RankCorrelation.Spearman(roundX, roundY), 1e-9);
            }
        }

        Assert.Equal(double.NaN, RankCorrelation.Spearman([1], [2]));
        Assert.Throws<ArgumentException>(() => RankCorrelation.Spearman([1, 2], [1]));
    }

    /// <summary>To whole numbers, halves to the even one, as NumPy rounds: that makes ties.</summary>
    private static double Rounded(double value) => Math.Round(value, MidpointRounding.ToEven);
}
