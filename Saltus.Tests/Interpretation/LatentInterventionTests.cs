using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

/// <summary>What an intervention leaves alone, to the bit, and what it must come to where a closed form exists.</summary>
public class LatentInterventionTests
{
    /// <summary>Means are summed in double here and there; the mean itself is rounded to float32 once.</summary>
    private const double MeanTolerance = 1e-6;

    [Fact]
    public void Where_no_latent_changes_not_a_bit_of_the_logits_does()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = Ids(opened);
            int[] all = [.. Enumerable.Range(0, opened.Sae.Latents)];
            float[] clean = Logits(team, opened, ids, []);
            foreach (LatentRule same in new LatentRule[] { LatentRules.Add(0), (_, value, _) => value })
            {
                float[] steered = Logits(team, opened, ids, new LatentIntervention(opened.Placed, all, same).Edits(team, opened.Counted));
                Assert.True(clean.AsSpan().SequenceEqual(steered), opened.Name);
            }

            LatentIntervention off = new(opened.Placed, all, LatentRules.Ablate);
            Assert.False(clean.AsSpan().SequenceEqual(Logits(team, opened, ids, off.Edits(team, opened.Counted))));
        }
    }

    [Fact]
    public void All_latents_off_without_the_error_is_the_bias_spliced_in()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = Ids(opened);
            SparseAutoencoder sae = (SparseAutoencoder)opened.Sae;
            LatentIntervention off = new(opened.Placed, [.. Enumerable.Range(0, sae.Latents)], LatentRules.Ablate) { KeepsError = false };
            Edit splice = new(opened.Placed.Target, (batch, activation) =>
            {
                foreach (int row in opened.Counted.Rows(batch))
                {
                    sae.DecoderBiases.CopyTo(activation.Row(row));
                }
            });
            float[] spliced = Logits(team, opened, ids, [splice]);
            Assert.True(spliced.AsSpan().SequenceEqual(Logits(team, opened, ids, off.Edits(team, opened.Counted))), opened.Name);
        }
    }

    [Fact]
    public void Without_the_error_and_without_a_change_it_is_the_reconstruction_spliced_in()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = Ids(opened);
            LatentIntervention same = new(opened.Placed, [0], LatentRules.Add(0)) { KeepsError = false };
            Edit splice = new(opened.Placed.Target, (batch, activation) =>
            {
                int[] rows = opened.Counted.Rows(batch);
                using Matrix inputs = WindowBatch.Gather(activation, rows);
                using Matrix reconstruction = new(rows.Length, opened.Sae.OutputWidth);
                opened.Sae.Forward(team, inputs, reconstruction);
                for (int i = 0; i < rows.Length; i++)
                {
                    reconstruction.Row(i).CopyTo(activation.Row(rows[i]));
                }
            });
            Assert.True(Logits(team, opened, ids, [splice]).AsSpan().SequenceEqual(Logits(team, opened, ids, same.Edits(team, opened.Counted))), opened.Name);
        }
    }

    [Fact]
    public void Measured_losses_are_those_of_runs_with_the_edits_in_whatever_batches()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            List<TokenWindow> windows = [.. SampleText.Windows(opened.Tokenizer, 48).Take(5)];
            int[] latents = [3, 77, 1200];
            LatentIntervention off = new(opened.Placed, latents, LatentRules.Ablate);
            LatentIntervention add = new(opened.Placed, [77], LatentRules.Add(20));
            LogitPair pair = new(5, 900);
            IReadOnlyList<InterventionEffect> together = new InterventionEvaluation(opened.Placed).Run(team, windows, [off, add], pair);
            IReadOnlyList<InterventionEffect> apart = new InterventionEvaluation(opened.Placed) { BatchTokens = 60 }.Run(team, windows, [off, add], pair);
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(together[i].Tokens, apart[i].Tokens);
                TokenBatch batch = new([windows[2].Ids]);
                double[] losses = new double[batch.TokenCount];
                double[] differences = new double[batch.TokenCount];
                opened.Model.Run(team, batch, new ModelRun
                {
                    Edits = (i == 0 ? off : add).Edits(team, opened.Counted),
                    Logits = (read, first, logits) =>
                    {
                        TokenLosses.Compute(team, read, first, logits, losses);
                        for (int row = 0; row < logits.Rows; row++)
                        {
                            differences[first + row] = (double)logits.Row(row)[5] - logits.Row(row)[900];
                        }
                    },
                });
                TokenEffect[] of = [.. together[i].Tokens.Where(token => token.Window == 2)];
                Assert.Equal(losses, of.Select(token => token.Changed));
                Assert.Equal(differences, of.Select(token => token.ChangedDifference));
                Assert.Contains(of, token => token.Changed != token.Clean);
                Assert.All(of, token => Assert.True(token.Kl >= -1e-6));
            }
        }
    }

    [Fact]
    public void Mean_and_resample_take_their_values_from_the_reference_text()
    {
        using WorkTeam team = new(2);
        foreach (CausalCase opened in CausalCase.All())
        {
            List<TokenWindow> windows = [.. SampleText.Windows(opened.Tokenizer, 64).Take(20)];
            int[] latents = [.. Enumerable.Range(0, 40)];
            ReferenceLatents reference = ReferenceLatents.Measure(team, opened.Placed, windows, latents, batchTokens: 100);
            Assert.Equal(windows.Sum(window => window.CountedTokens), reference.Tokens);
            LatentRule mean = LatentRules.Mean(reference);
            LatentRule resample = LatentRules.Resample(reference, seed: 7);
            bool isAnyActive = false;
            foreach (int latent in latents)
            {
                float[] values = [.. Enumerable.Range(0, reference.Tokens).Select(token => reference.At(latent, token))];
                Assert.Equal(values.Average(value => (double)value), mean(latent, 0, 0), MeanTolerance * (1 + values.Max()));
                Assert.Equal(values.Max(), reference.Peak(latent));
                isAnyActive |= values.Any(value => value > 0);
                Assert.All(Enumerable.Range(0, 50), place => Assert.Contains(resample(latent, 0, place), values));
            }

            Assert.True(isAnyActive);

            // All latents of a place come from one token; the draw depends on the place and the seed alone.
            Assert.Contains(Enumerable.Range(0, reference.Tokens), token => latents.All(latent => reference.At(latent, token) == resample(latent, 0, 11)));
            LatentRule again = LatentRules.Resample(reference, seed: 7);
            LatentRule other = LatentRules.Resample(reference, seed: 8);
            Assert.All(latents, latent => Assert.Equal(resample(latent, 0, 5), again(latent, 1, 5)));
            Assert.Contains(Enumerable.Range(0, 200), place => latents.Any(latent => resample(latent, 0, place) != other(latent, 0, place)));
        }
    }

    [Fact]
    public void A_sequence_of_special_tokens_alone_is_left_as_it_is()
    {
        using WorkTeam team = new(1);
        foreach (CausalCase opened in CausalCase.All())
        {
            int[] ids = [opened.Tokenizer.BosId!.Value];
            LatentIntervention add = new(opened.Placed, [1], LatentRules.Add(50));
            Assert.Equal(Logits(team, opened, ids, []), Logits(team, opened, ids, add.Edits(team, opened.Counted)));
            InterventionEffect effect = new InterventionEvaluation(opened.Placed).Run(team, [new TokenWindow(0, 0, ids, true, [false])], [add])[0];
            Assert.Equal(0, Assert.Single(effect.Tokens).Kl);
            LogitDifference difference = new(new LogitPair(5, 900), [0]);
            AttributionResult result = new LatentAttribution(opened.Placed).Run(team, ids, [false], difference, new AttributionOptions());
            Assert.Empty(result.Latents);
            Assert.Single(result.Kept);
        }
    }

    [Fact]
    public void A_latent_that_the_SAE_lacks_is_refused()
    {
        foreach (CausalCase opened in CausalCase.All())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new LatentIntervention(opened.Placed, [opened.Sae.Latents], LatentRules.Ablate));
            Assert.Throws<ArgumentOutOfRangeException>(() => new LatentIntervention(opened.Placed, [-1], LatentRules.Ablate));
        }
    }

    private static int[] Ids(CausalCase opened) => [.. opened.Tokenizer.Encode("The whale swam past the ship, and the captain said nothing of it.").Ids];

    private static float[] Logits(WorkTeam team, CausalCase opened, int[] ids, IReadOnlyList<Edit> edits)
    {
        List<float> result = [];
        opened.Model.Run(team, new TokenBatch([ids]), new ModelRun { Edits = edits, Logits = (_, _, logits) => result.AddRange(logits.Span) });
        return [.. result];
    }
}
