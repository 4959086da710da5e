using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// How evenly the active latents of a token matter for the next one: ℓ the mean-centred logit of the token that really follows,
/// y = f ⊙ (∇ₓℓ · W_decᵀ) at the same position, p = |y|/Σ|y|, r = exp(S(p))/‖y‖₀ with the entropy S in nats. What comes after a token
/// cannot matter to it, so each window is read up to the token alone; windows are read together, one token each.
/// </summary>
/// <param name="model">The language model.</param>
/// <param name="saes">What is measured, of the same sites: they share the model's passes.</param>
/// <param name="site">What they read.</param>
/// <param name="target">What they give: there the gradient is taken.</param>
/// <param name="batchTokens">Tokens that the model reads together; results do not depend on it.</param>
internal sealed class ImportanceUniformity(LanguageModel model, IReadOnlyList<SparseCoder> saes, Site site, Site target, int batchTokens)
{
    /// <summary>Places spread evenly over all counted positions that a token of the same window follows.</summary>
    /// <param name="windows">The evaluation set.</param>
    /// <param name="tokens">How many, if there are so many.</param>
    public static IReadOnlyList<UniformityPlace> Spread(IReadOnlyList<TokenWindow> windows, int tokens)
    {
        long eligible = windows.Sum(window => (long)Eligible(window).Count());
        long count = Math.Min(tokens, eligible);
        List<UniformityPlace> places = [];
        long seen = 0;
        foreach (TokenWindow window in windows)
        {
            foreach (int position in Eligible(window))
            {
                // The middle of each of so many equal stretches.
                if (places.Count < count && seen == ((2L * places.Count) + 1) * eligible / (2 * count))
                {
                    places.Add(new UniformityPlace(window, position));
                }

                seen++;
            }
        }

        return places;
    }

    /// <summary>Measures at some places.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="places">Where.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>For each SAE one result a place, in their order.</returns>
    public IReadOnlyList<IReadOnlyList<UniformitySample>> Measure(WorkTeam team, IReadOnlyList<UniformityPlace> places, CancellationToken cancellation = default)
    {
        List<UniformitySample>[] samples = [.. saes.Select(_ => new List<UniformitySample>())];
        int done = 0;
        while (done < places.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            List<UniformityPlace> part = [];
            int tokens = 0;
            foreach (UniformityPlace place in places.Skip(done))
            {
                tokens += place.Position + 1;
                if (part.Count > 0 && tokens > batchTokens)
                {
                    break;
                }

                part.Add(place);
            }

            AddTogether(team, part, samples);
            done += part.Count;
        }

        return samples;
    }

    private static IEnumerable<int> Eligible(TokenWindow window) =>
        Enumerable.Range(0, Math.Max(0, window.Length - 1)).Where(position => window.Counted[position]);

    private void AddTogether(WorkTeam team, List<UniformityPlace> places, List<UniformitySample>[] samples)
    {
        TokenBatch batch = new([.. places.Select(place => place.Window.Ids[..(place.Position + 1)])]);
        int[] rows = [.. Enumerable.Range(0, places.Count).Select(i => batch.Start(i) + places[i].Position)];
        using SpliceVectors vectors = SpliceVectors.Read(model, team, batch, site, target, rows);
        using GradientTape tape = model.RecordFrom(team, vectors.Point);
        Matrix? gradients = null;
        model.Backward(
            team, tape,
            (read, given, _, gradient) =>
            {
                for (int i = 0; i < given.Length; i++)
                {
                    UniformityPlace place = places[read.SequenceOf(given[i])];
                    gradient.Row(i).Fill(-1f / gradient.Columns);
                    gradient.Row(i)[place.Window.Ids[place.Position + 1]] += 1;
                }
            },
            new BackwardRun { Taps = [new Tap(target, (_, gradient) => gradients = WindowBatch.Gather(gradient, rows))], Rows = rows });
        using Matrix gradientRows = gradients!;
        for (int s = 0; s < saes.Count; s++)
        {
            SparseActivations activations = saes[s].Encode(team, vectors.Inputs);
            for (int i = 0; i < places.Count; i++)
            {
                samples[s].Add(Sample(saes[s], activations.LatentsOf(i), activations.ValuesOf(i), gradientRows.Row(i)));
            }
        }
    }

    private static UniformitySample Sample(SparseCoder sae, ReadOnlySpan<int> latents, ReadOnlySpan<float> values, ReadOnlySpan<float> gradient)
    {
        double[] importance = new double[latents.Length];
        double total = 0;
        for (int i = 0; i < latents.Length; i++)
        {
            importance[i] = Math.Abs(values[i] * Reductions.DotInDouble(sae.DecoderWeights.Row(latents[i]), gradient));
            total += importance[i];
        }

        double entropy = 0;
        int active = 0;
        foreach (double value in importance.Where(value => value > 0))
        {
            double share = value / total;
            entropy -= share * Math.Log(share);
            active++;
        }

        return new UniformitySample(active, entropy);
    }
}
