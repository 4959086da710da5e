using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Formats;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

/// <summary>Batches for Neuronpedia: statistics by their definitions, structure of SAEDashboard's own file.</summary>
public sealed class NeuronpediaExportTests
{
    private const int Latents = 6;
    private const int Width = 8;
    private const int Documents = 40;

    private static readonly string[] s_texts = [.. Enumerable.Range(0, 20).Select(i => $"w{i}")];

    [Fact]
    public void An_export_has_the_structure_of_the_recorded_file_and_does_not_depend_on_threads()
    {
        using TemporaryFolder folder = new();
        NeuronpediaBatchWriter.Write(folder["one.json"], Build(1, out _, out _, out _));
        NeuronpediaBatchWriter.Write(folder["three.json"], Build(3, out _, out _, out _));
        Assert.Equal(File.ReadAllBytes(folder["one.json"]), File.ReadAllBytes(folder["three.json"]));
        using JsonDocument ours = JsonDocument.Parse(File.ReadAllText(folder["one.json"]));
        foreach (string recorded in NeuronpediaTests.Recorded())
        {
            using JsonDocument theirs = JsonDocument.Parse(File.ReadAllText(recorded));
            Assert.Empty(JsonStructure.Differences(theirs.RootElement, ours.RootElement));
            foreach (JsonProperty property in theirs.RootElement.GetProperty("features")[0].EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Array)
                {
                    Assert.Equal((property.Name, property.Value.GetArrayLength()), (property.Name, ours.RootElement.GetProperty("features")[0].GetProperty(property.Name).GetArrayLength()));
                }
            }
        }
    }

    [Fact]
    public void Statistics_are_those_of_plain_sums()
    {
        NeuronpediaBatch batch = Build(2, out float[][] acts, out float[][] inputs, out SparseAutoencoder sae);
        int n = acts.Length;
        Assert.Equal(Latents - 1, batch.Features.Count);
        foreach (NeuronpediaFeature feature in batch.Features)
        {
            double[] own = [.. acts.Select(row => (double)row[feature.Index])];
            Assert.Equal((double)own.Count(value => value != 0) / n, feature.Density, 12);
            Assert.Equal(own.Count(value => value != 0), feature.Activations.Heights.Sum());
            (int Index, double Pearson, double Cosine)[] dimensions =
                [.. Enumerable.Range(0, Width).Select(j => Correlate(j, own, [.. inputs.Select(row => (double)row[j])])).OrderByDescending(pair => pair.Pearson).Take(3)];
            Assert.Equal(dimensions.Select(pair => pair.Index), feature.CorrelatedDimensions.Indices);
            (int Index, double Pearson, double Cosine)[] others =
            [
                .. Enumerable.Range(0, Latents - 1).Where(other => other != feature.Index)
                    .Select(other => Correlate(other, own, [.. acts.Select(row => (double)row[other])])).OrderByDescending(pair => pair.Pearson).Take(3),
            ];
            Assert.Equal(others.Select(pair => pair.Index), feature.CorrelatedFeatures.Indices);
            for (int i = 0; i < 3; i++)
            {
                Assert.Equal(dimensions[i].Pearson, feature.CorrelatedDimensions.Values[i], 5);
                Assert.Equal(dimensions[i].Cosine, feature.CorrelatedDimensions.Shares[i], 5);
                Assert.Equal(others[i].Pearson, feature.CorrelatedFeatures.Values[i], 5);
                Assert.Equal(others[i].Cosine, feature.CorrelatedFeatures.Shares[i], 5);
                Assert.Equal(sae.DecoderWeights.Row(feature.Index)[feature.AlignedDimensions.Indices[i]], feature.AlignedDimensions.Values[i]);
            }

            double[] intervals = [.. feature.Sequences.Where(sequence => sequence.BinMin != NeuronpediaSequence.Top).Select(sequence => sequence.BinContains).Distinct()];
            Assert.Equal(1, intervals.Sum(), 9);
            Assert.All(feature.Sequences, sequence => Assert.InRange(
                sequence.Values[sequence.QualifyingToken], Math.Max(0, sequence.BinMin), sequence.BinMax));
        }
    }

    private static (int Index, double Pearson, double Cosine) Correlate(int index, double[] a, double[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        double covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        double deviations = Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
        return (index, covariance / deviations, a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(y => y * y)));
    }

    private static NeuronpediaBatch Build(int threads, out float[][] acts, out float[][] inputs, out SparseAutoencoder sae)
    {
        using WorkTeam team = new(threads);
        RandomSource random = new(3, "test");
        float Next() => (float)(random.NextDouble() - 0.5);
        Matrix encoder = new(Latents, Width), decoder = new(Latents, Width);
        foreach (Matrix matrix in new[] { encoder, decoder })
        {
            foreach (ref float value in matrix.Span)
            {
                value = Next();
            }
        }

        // The last latent is never active.
        sae = new SparseAutoencoder(encoder, new float[Latents], decoder, new float[Width], new JumpReluActivation([0, 0, 0, 0, 0, 1e9f]));
        using LatentCollector collector = new(Latents, NeuronpediaExport.CollectorOptions);
        List<float[]> allActs = [], allInputs = [];
        for (int document = 0; document < Documents; document++)
        {
            int[] ids = [0, .. Enumerable.Range(0, 12).Select(_ => 1 + random.NextInt(19))];
            using Matrix x = new(12, Width);
            foreach (ref float value in x.Span)
            {
                value = Next() + 0.1f;
            }

            SparseActivations activations = sae.Encode(team, x);
            for (int row = 0; row < 12; row++)
            {
                float[] dense = new float[Latents];
                for (int i = 0; i < activations.LatentsOf(row).Length; i++)
                {
                    dense[activations.LatentsOf(row)[i]] = activations.ValuesOf(row)[i];
                }

                allActs.Add(dense);
                allInputs.Add(x.Row(row).ToArray());
            }

            collector.Add(new TokenWindow(document, 0, ids, true, [false, .. Enumerable.Repeat(true, 12)]), activations, 0, x);
        }

        (acts, inputs) = ([.. allActs], [.. allInputs]);
        TokenLogit[] logits = [.. Enumerable.Range(0, 10).Select(i => new TokenLogit(s_texts[i], 1.0 - (0.1 * i)))];
        HistogramBin[] bins = [.. Enumerable.Range(0, 50).Select(i => new HistogramBin(i, i + 1, i))];
        LogitEffect[] effects = [.. Enumerable.Range(0, Latents).Select(_ => new LogitEffect(logits, logits, 1) { Histogram = bins })];
        NeuronpediaSettings settings = new() { ModelId = "tiny", Layer = 0, SaeSet = "test", Prompts = Documents, TokensOfPrompt = 13, Dataset = "words" };
        return Assert.Single(NeuronpediaExport.Build(team, collector, sae, collector.Build(team, sae, s_texts, effects), effects, settings));
    }
}
