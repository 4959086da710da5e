using System.Text.Json;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Tests.Interpretation;

/// <summary>Attribution, ablation and steering against PyTorch (transformers and SAELens), with the tolerances of the golden's README.</summary>
public class CausalGoldenTests
{
    /// <summary>Of the largest attribution, and of the largest effect: float32 in another order.</summary>
    private const double AttributionTolerance = 1e-3;

    /// <summary>Of the largest logit.</summary>
    private const double SteeringTolerance = 3e-4;

    /// <summary>The difference of two logits of size 10, each within <see cref="SteeringTolerance"/>.</summary>
    private const double DifferenceTolerance = 6e-3;

    [Fact]
    public void Every_attribution_and_every_true_effect_is_the_references()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            JsonElement golden = opened.Root.GetProperty("attribution");
            int[] ids = [.. opened.Tokenizer.Encode(golden.GetProperty("prompt").GetString()!).Ids];
            LogitDifference difference = new(new LogitPair(golden.GetProperty("plus").GetInt32(), golden.GetProperty("minus").GetInt32()), [ids.Length - 1]);
            AttributionResult result = new LatentAttribution(opened.Placed).Run(team, ids, opened.Counted.Of(ids), difference, new AttributionOptions());
            Near($"{opened.Name} difference", golden.GetProperty("difference").GetDouble(), result.Difference, DifferenceTolerance);

            float[] expected = opened.Tensors.Values("attribution");
            double largest = expected.Max(Math.Abs);
            double[] actual = new double[expected.Length];
            foreach (LatentNode node in result.Latents)
            {
                actual[(node.Position * opened.Sae.Latents) + node.Latent] = node.Attribution;
            }

            for (int i = 0; i < expected.Length; i++)
            {
                string what = $"{opened.Name} position {i / opened.Sae.Latents}, latent {i % opened.Sae.Latents}";
                Near(what, expected[i], actual[i], AttributionTolerance * largest);
            }

            JsonElement[] listed = [.. golden.GetProperty("latents").EnumerateArray()];
            LatentNode[] nodes =
            [
                .. listed.Select(entry => result.Latents.Single(node =>
                    node.Position == entry.GetProperty("position").GetInt32() && node.Latent == entry.GetProperty("latent").GetInt32())),
            ];
            double[] effects = [.. listed.Select(entry => entry.GetProperty("ablation_effect").GetDouble())];
            IReadOnlyList<double> measured = new NodeAblation(opened.Placed).Run(team, ids, nodes, difference);
            for (int i = 0; i < nodes.Length; i++)
            {
                string what = $"{opened.Name} latent {nodes[i].Latent} at {nodes[i].Position}";
                double largestActivation = nodes.Max(node => node.Activation);
                Near($"activation of {what}", listed[i].GetProperty("activation").GetDouble(), nodes[i].Activation, AttributionTolerance * largestActivation);
                Near($"ablation of {what}", effects[i], measured[i], AttributionTolerance * effects.Max(Math.Abs));
            }
        }
    }

    [Fact]
    public void Steered_text_and_its_logits_are_the_references()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            JsonElement golden = opened.Root.GetProperty("steering");
            int[] expected = [.. golden.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            using Matrix logits = opened.Tensors.Matrix("steering_logits");
            int[] prompt = expected[..^logits.Rows];
            LatentIntervention intervention = new(
                opened.Placed, [golden.GetProperty("latent").GetInt32()], LatentRules.Add((float)golden.GetProperty("strength").GetDouble()));
            IReadOnlyList<Edit> edits = intervention.Edits(team, opened.Counted);
            GenerationOptions options = new() { MaxTokens = logits.Rows, StopTokens = [], Edits = edits };
            GeneratedSequence generated = Generation.Run(team, opened.Model, [prompt], options)[0];

            // Of each new token the logits that it was chosen from, along the reference's own text.
            opened.Model.Run(team, new TokenBatch([expected]), new ModelRun
            {
                Edits = edits,
                Logits = (_, first, block) =>
                {
                    for (int i = 0; i < block.Rows; i++)
                    {
                        int step = first + i - (prompt.Length - 1);
                        if (step >= 0 && step < logits.Rows)
                        {
                            CompareLogits($"{opened.Name} step {step}", logits.Row(step), block.Row(i));
                        }
                    }
                },
            });
            Assert.Equal(expected[prompt.Length..(prompt.Length + Certain(logits))], generated.Tokens.Take(Certain(logits)));
            if (Certain(logits) == logits.Rows)
            {
                Assert.Equal(golden.GetProperty("text").GetString(), opened.Tokenizer.Decode([.. prompt, .. generated.Tokens]));
            }
        }
    }

    /// <summary>How many steps come before one whose two best logits are too near to tell which a program takes.</summary>
    private static int Certain(Matrix logits)
    {
        for (int step = 0; step < logits.Rows; step++)
        {
            float[] row = [.. logits.Row(step).ToArray().OrderDescending()];
            if (row[0] - row[1] <= 2 * SteeringTolerance * row.Max(Math.Abs))
            {
                return step;
            }
        }

        return logits.Rows;
    }

    private static void CompareLogits(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double largest = expected.ToArray().Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Near($"{what}, token {i}", expected[i], actual[i], SteeringTolerance * largest);
        }
    }

    private static void Near(string what, double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{what}: expected {expected:R}, got {actual:R}");
}
