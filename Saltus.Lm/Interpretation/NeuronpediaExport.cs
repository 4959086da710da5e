using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Reports;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Makes batch files of Neuronpedia from what a <see cref="LatentCollector"/> gathered: the statistics and sequences of SAEDashboard, whole windows as prompts.
/// Latents that were never active are left out, as it leaves them out.
/// </summary>
public static class NeuronpediaExport
{
    /// <summary>Tokens on each side of the one that a sequence was chosen for, so that a sequence has fewer than 1,024.</summary>
    private const int Reach = 511;

    /// <summary>Gets what a collector must keep for an export.</summary>
    public static LatentCollectorOptions CollectorOptions { get; } = new()
    {
        TopSnippets = 20,
        Intervals = 5,
        SnippetsPerInterval = 5,
        TokensBefore = Reach,
        TokensAfter = Reach,
        OutputTokens = 10,
        CorrelatesInputs = true,
    };

    /// <summary>Makes the batches.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="collector">Filled with <see cref="CollectorOptions"/>.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="reports">What the collector built.</param>
    /// <param name="effects">With histograms of <see cref="NeuronpediaHistogram.Bins"/> bins; null where the site has none.</param>
    /// <param name="settings">Names and numbers of the text.</param>
    /// <returns>Batches of at most 128 latents, in order.</returns>
    /// <exception cref="ArgumentException">The collector did not keep the products with the input.</exception>
    public static IEnumerable<NeuronpediaBatch> Build(
        WorkTeam team, LatentCollector collector, SparseCoder sae, IReadOnlyList<LatentReport> reports, IReadOnlyList<LogitEffect>? effects, NeuronpediaSettings settings)
    {
        if (collector.Tokens > 0 && collector.Inputs is null)
        {
            throw new ArgumentException("the collector kept no products with the input", nameof(collector));
        }

        collector.Entries.Turn();
        foreach (int[] latents in reports.Where(report => report.MaxActivation > 0).Select(report => report.Index).Chunk(NeuronpediaLimits.MaxFeatures))
        {
            LatentProducts products = new(collector.Entries, latents, collector.Tokens);
            NeuronpediaFeature[] features = new NeuronpediaFeature[latents.Length];
            team.Run(latents.Length, place => features[place] = Feature(collector, sae, reports[latents[place]], effects?[latents[place]], products, place, latents, settings));
            yield return new NeuronpediaBatch(settings.ModelId, settings.Layer, settings.SaeSet, settings.SaeIdSuffix, features);
        }
    }

    private static NeuronpediaFeature Feature(
        LatentCollector collector, SparseCoder sae, LatentReport report, LogitEffect? effect, LatentProducts products, int place, int[] latents, NeuronpediaSettings settings)
    {
        (float[] inputs, float[] inputCosines) = collector.Inputs!.Of(report.Index);
        (float[] others, float[] otherCosines) = products.Of(place);
        int[] nearest = LargestValues.Find(others, NeuronpediaRelated.Count, skip: place);
        return new NeuronpediaFeature
        {
            Index = report.Index,
            AlignedDimensions = Aligned(sae.DecoderWeights.Row(report.Index)),
            CorrelatedDimensions = Related(inputs, inputCosines),
            CorrelatedFeatures = Filled(new NeuronpediaRelated(
                [.. nearest.Select(other => latents[other])],
                [.. nearest.Select(other => (double)others[other])],
                [.. nearest.Select(other => (double)otherCosines[other])])),
            Suppressed = [.. report.Suppressed.Select(logit => (logit.Text, logit.Logit))],
            Promoted = [.. report.Promoted.Select(logit => (logit.Text, logit.Logit))],
            Density = report.Frequency,
            Activations = Histogram(EqualBins.Count(collector.Entries.Values(report.Index), NeuronpediaHistogram.Bins)),
            Logits = Histogram(effect?.Histogram ?? []),
            Prompts = settings.Prompts,
            TokensOfPrompt = settings.TokensOfPrompt,
            Dataset = settings.Dataset,
            Sequences = [.. Sequences(report, collector.Tokens)],
        };
    }

    private static IEnumerable<NeuronpediaSequence> Sequences(LatentReport report, long tokens)
    {
        foreach (Snippet snippet in report.TopSnippets)
        {
            yield return Sequence(snippet, NeuronpediaSequence.Top, report.MaxActivation, NeuronpediaSequence.Top);
        }

        for (int i = report.IntervalSnippets.Count - 1; i >= 0; i--)
        {
            SnippetInterval interval = report.IntervalSnippets[i];
            double silent = i == 0 ? 1 - report.Frequency : 0;
            foreach (Snippet snippet in interval.Snippets)
            {
                yield return Sequence(snippet, interval.Low, interval.High, Math.Min(1, ((double)interval.Count / tokens) + silent));
            }
        }
    }

    private static NeuronpediaSequence Sequence(Snippet snippet, double low, double high, double share) => new()
    {
        BinMin = low,
        BinMax = high,
        BinContains = share,
        Tokens = snippet.Tokens,
        Values = [.. snippet.Activations.Select(value => (double)value)],
        QualifyingToken = snippet.Focus,
    };

    private static NeuronpediaRelated Aligned(ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (float weight in weights)
        {
            sum += Math.Abs((double)weight);
        }

        float[] shares = new float[weights.Length];
        for (int j = 0; j < shares.Length && sum > 0; j++)
        {
            shares[j] = (float)(Math.Abs(weights[j]) / sum);
        }

        return Related(weights, shares);
    }

    private static NeuronpediaRelated Related(ReadOnlySpan<float> values, ReadOnlySpan<float> shares)
    {
        int[] strongest = LargestValues.Find(values, NeuronpediaRelated.Count);
        double[] strengths = new double[strongest.Length];
        double[] beside = new double[strongest.Length];
        for (int i = 0; i < strongest.Length; i++)
        {
            (strengths[i], beside[i]) = (values[strongest[i]], shares[strongest[i]]);
        }

        return Filled(new NeuronpediaRelated(strongest, strengths, beside));
    }

    /// <summary>Files have three of each; where there are fewer SAEDashboard fills up with zeros.</summary>
    private static NeuronpediaRelated Filled(NeuronpediaRelated related)
    {
        int missing = NeuronpediaRelated.Count - related.Indices.Count;
        return missing <= 0 ? related : new NeuronpediaRelated(
            [.. related.Indices, .. Enumerable.Repeat(0, missing)], [.. related.Values, .. Enumerable.Repeat(0.0, missing)], [.. related.Shares, .. Enumerable.Repeat(0.0, missing)]);
    }

    private static NeuronpediaHistogram Histogram(IReadOnlyList<HistogramBin> bins) =>
        new([.. bins.Select(bin => (bin.Low + bin.High) / 2)], [.. bins.Select(bin => (double)bin.Count)]);
}
