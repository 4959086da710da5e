using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Tests.Reports;

/// <summary>Reports over real prose with made-up latents: each answers to one word, as strongly as chance says.</summary>
internal static class SampleReports
{
    public const int Width = 2048;

    /// <summary>A report in which every part is filled.</summary>
    public static RunReport Whole(int latents = 600, int topSnippets = 10)
    {
        RandomSource random = new(7, "sample report");
        SampleLatents made = new(SampleCorpus.Read(24), random);
        LatentReport[] pages = [.. Enumerable.Range(0, latents).Select(index => made.Make(index, topSnippets))];
        int alive = pages.Count(page => page.MaxActivation > 0);
        return new RunReport
        {
            Title = "JumpReLU autoencoder on resid_post, layer 2, of sample-lm",
            Provenance = Provenance(Math.Max(Width, latents)),
            Training = Training(random),
            Fidelity = Fidelity(latents - alive),
            Comparison = Comparison(),
            ComparisonNote = "Other tools' own trainers on the same site, width and text, evaluated on 102,000 held-out tokens; the best learning rate of each.",
            FrequencyHistogram = Histogram(pages.Where(page => page.Frequency > 0).Select(page => Math.Log10(page.Frequency)), -5.25, 0, 42),
            Latents = pages,
            TellingRule = "strong output effect, steady answers to few tokens, and a frequency between 1 in 10,000 and 1 in 50 tokens",
            LatentsNote = "Frequencies and snippets are of 130,334 held-out tokens of 55 documents",
        };
    }

    /// <summary>A report of one latent whose tokens are what an attacker, a control character or a broken byte would make of them.</summary>
    public static RunReport Hostile(IReadOnlyList<string> texts) => new()
    {
        Title = texts[0],
        Provenance = new RunProvenance { Model = texts[0], Site = "resid_post", Layer = 0, Width = 4, Dimension = 8, Method = texts[0], Corpus = texts[0], Facts = [.. texts.Select(text => new ReportFact(text, text))] },
        Fidelity = new FidelityMeasures { Text = texts[0], Tokens = 10, Documents = 1, L0 = double.NaN, IntervalNote = texts[0] },
        Comparison = [.. texts.Select(text => new ComparisonRow(text, text, 1, 2, null, double.NaN, 0.5))],
        ComparisonNote = texts[0],
        TellingRule = texts[0],
        Latents =
        [
            new LatentReport
            {
                Index = 3,
                Frequency = 0.5,
                MaxActivation = texts.Count,
                TopTokens = [.. texts.Select(text => new TokenActivation(text, 1, 1))],
                Promoted = [.. texts.Select(text => new TokenLogit(text, 1))],
                TopSnippets = [new Snippet { Tokens = texts, Activations = [.. texts.Select((_, i) => (float)i)], Focus = texts.Count - 1, Title = texts[0], Source = texts[^1] }],
            },
        ],
    };

    public static HistogramBin[] Histogram(IEnumerable<double> values, double low, double high, int bins)
    {
        long[] counts = new long[bins];
        double width = (high - low) / bins;
        foreach (double value in values)
        {
            counts[Math.Clamp((int)((value - low) / width), 0, bins - 1)]++;
        }

        return [.. counts.Select((count, i) => new HistogramBin(low + (i * width), low + ((i + 1) * width), count))];
    }

    private static RunProvenance Provenance(int width) => new()
    {
        Model = "sample-lm",
        Site = "resid_post",
        Layer = 2,
        HookName = "blocks.2.hook_resid_post",
        Width = width,
        Dimension = 256,
        Method = "JumpReLU",
        TargetL0 = 32,
        Tokens = 2_048_000,
        Batch = 2048,
        Seed = 7,
        Context = 256,
        Recipe = "short-run",
        Corpus = "English novels and letters (train.jsonl.gz)",
        WallTime = TimeSpan.FromSeconds(102.4),
        Facts =
        [
            new("Learning rate", "0.01, thresholds 0.0003"),
            new("Sparsity loss", "target L0, λ controlled"),
            new("Initialisation", "unit-norm decoder, encoder tied"),
            new("Saltus", "0.1.0, .NET 10.0.12"),
            new("Processor", "Intel Xeon, 2 cores"),
            new("SAE hash", "9f21a04c7b3d2e68"),
        ],
    };

    private static TrainingPoint[] Training(RandomSource random)
    {
        const int Points = 200;
        return [.. Enumerable.Range(0, Points).Select(i =>
        {
            double time = i / (double)Points;
            double noise = 1 + (0.05 * (random.NextDouble() - 0.5));
            double reconstruction = noise * (30 + (870 * Math.Exp(-22 * time)) + (60 * Math.Exp(-3 * time)));
            double median = 0.6 + (1.9 * (1 - Math.Exp(-4 * time)));
            return new TrainingPoint
            {
                Step = i * 5,
                Tokens = (i * 5L + 1) * 2048,
                Loss = reconstruction + (8 * (1 - Math.Exp(-5 * time))),
                Reconstruction = reconstruction,
                L0 = noise * (32 + (880 * Math.Exp(-38 * time)) + (14 * Math.Exp(-5 * time))),
                Dead = i < 20 ? null : Math.Round(180 * Math.Exp(-6 * (time - 0.1)) + 3),
                Fvu = noise * (0.09 + (0.8 * Math.Exp(-14 * time))),
                Lambda = 0.02 * (1 - Math.Exp(-6 * time)) * (1 + (0.1 * Math.Sin(18 * time))),
                LearningRate = 0.01 * Math.Min(1, Math.Min((i + 1) / 10.0, (1 - time) / 0.2)),
                Thresholds = new ThresholdQuantiles(median * 0.45, median * 0.8, median, median * 1.25, median * 1.9),
            };
        })];
    }

    private static FidelityMeasures Fidelity(int dead) => new()
    {
        Text = "validation.jsonl.gz",
        Tokens = 130_334,
        Documents = 55,
        IntervalNote = "95 %, bootstrap over documents, 1,000 resamples",
        L0 = new Measurement(31.83, new ConfidenceInterval(31.42, 32.21)),
        Fvu = new Measurement(0.09618, new ConfidenceInterval(0.09471, 0.09788)),
        ExplainedVariance = new Measurement(0.90382, new ConfidenceInterval(0.90212, 0.90529)),
        Mse = 343.2,
        Cosine = 0.9611,
        RelativeReconstructionBias = 0.9996,
        Dead = dead,
        Above1Percent = 905,
        Above10Percent = 14,
        Loss = new LossMeasures(3.3795, 3.4738, 9.5779, 9.5560),
        DeltaLoss = new Measurement(0.0943, new ConfidenceInterval(0.0921, 0.0966)),
        LossRecovered = new Measurement(0.98479, new ConfidenceInterval(0.98434, 0.98522)),
        Kl = new Measurement(0.1121, new ConfidenceInterval(0.1093, 0.1150)),
    };

    private static ComparisonRow[] Comparison() =>
    [
        new("dictionary_learning", "BatchTopK 32", 2_050_000, 31.67, 0.0970, 0.0950, 0.9846),
        new("dictionary_learning", "TopK 32", 2_050_000, 32.00, 0.1010, 0.1058, 0.9828),
        new("dictionary_learning", "JumpReLU, target 32", 2_050_000, 33.04, 0.1443, 0.1609, 0.9739),
        new("SAELens", "JumpReLU, quadratic, target 32", 2_050_000, 33.91, 0.1316, 0.1976, 0.9680),
        new("SAELens", "BatchTopK 32", 4_100_000, 31.57, 0.1088, 0.1053, 0.9829),
        new("SAELens", "TopK 32", 4_100_000, 32.00, 0.1120, 0.1212, 0.9803),
        new("dictionary_learning", "BatchTopK 16", 4_100_000, 16.42, 0.1248, 0.1549, 0.9749),
        new("dictionary_learning", "BatchTopK 64", 4_100_000, 65.40, 0.0575, 0.0446, 0.9928),
    ];
}
