using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

public class LatentCollectorTests
{
    private static readonly string[] s_texts = ["<bos>", " the", " cat", " sat", " mat", "s", ","];

    [Fact]
    public void Frequency_maximum_tokens_and_histogram_are_counted_on_tokens_that_count()
    {
        // Latent 0 is active on " cat" with 4, 2 and on "s" with 1; latent 1 never.
        LatentReport[] reports = Build(
            [Window(0, 0, [0, 1, 2, 3]), Window(0, 3, [0, 2, 5])],
            [[0, 0], [4, 0], [0, 0], [2, 0], [1, 0]],
            new LatentCollectorOptions { HistogramBins = 4 });
        LatentReport report = reports[0];
        Assert.Equal(0.6, report.Frequency, 12);
        Assert.Equal(4, report.MaxActivation);
        Assert.Equal(new[] { new TokenActivation(" cat", 3, 2), new TokenActivation("s", 1, 1) }, report.TopTokens);
        Assert.Equal(new long[] { 0, 1, 1, 1 }, report.ActivationHistogram.Select(bin => bin.Count));
        Assert.Equal(4, report.ActivationHistogram[^1].High);
        Assert.Equal(0, reports[1].MaxActivation);
        Assert.Empty(reports[1].TopSnippets);
        Assert.Empty(reports[1].IntervalSnippets);
        Assert.Empty(reports[1].ActivationHistogram);
        Assert.True(double.IsNaN(reports[1].TellingScore));
    }

    [Fact]
    public void A_snippet_shows_the_tokens_around_its_place_with_their_activations_and_no_bos()
    {
        LatentReport report = Build(
            [Window(7, 0, [0, 1, 2, 3, 1, 4])],
            [[0], [4], [0], [1], [0]],
            new LatentCollectorOptions { TokensBefore = 3, TokensAfter = 2, TopSnippets = 1 },
            document => ("A title", $"source {document}"))[0];
        Snippet snippet = Assert.Single(report.TopSnippets);
        Assert.Equal(new[] { " the", " cat", " sat", " the" }, snippet.Tokens);
        Assert.Equal(new float[] { 0, 4, 0, 1 }, snippet.Activations);
        Assert.Equal(1, snippet.Focus);
        Assert.Equal(7, snippet.Document);
        Assert.Equal(1, snippet.Position);
        Assert.Equal("A title", snippet.Title);
        Assert.Equal("source 7", snippet.Source);
    }

    [Fact]
    public void Top_snippets_are_the_strongest_places_none_within_reach_of_a_stronger_one_even_across_windows()
    {
        // One document of 14 tokens in two windows; equal values go by place. Place 5 is 2 after 3, place 8 is 5 after 3, place 9 is 6 after.
        float[][] rows = [[1], [0], [0], [9], [0], [8], [0], [0], [7], [6], [0], [0], [0], [1]];
        LatentReport report = Build(
            [Window(0, 0, [0, 1, 1, 1, 1, 1, 1, 1]), Window(0, 7, [0, 1, 1, 1, 1, 1, 1, 1])],
            rows,
            new LatentCollectorOptions { Apart = 5 })[0];
        Assert.Equal(new long?[] { 3, 9 }, report.TopSnippets.Select(snippet => snippet.Position));
        Assert.Equal(new long?[] { 3, 5, 8, 9, 0, 13 }, Build(
            [Window(0, 0, [0, 1, 1, 1, 1, 1, 1, 1]), Window(0, 7, [0, 1, 1, 1, 1, 1, 1, 1])],
            rows,
            new LatentCollectorOptions { Apart = 0 })[0].TopSnippets.Select(snippet => snippet.Position));
    }

    [Fact]
    public void Interval_snippets_are_drawn_from_their_interval_and_the_same_seed_draws_the_same()
    {
        RandomSource random = new(2, "test");
        List<TokenWindow> windows = [];
        List<float[]> rows = [];
        for (int document = 0; document < 40; document++)
        {
            windows.Add(Window(document, 0, [0, 1, 2, 3, 4]));
            rows.AddRange(Enumerable.Range(0, 4).Select(_ => new[] { random.NextInt(3) == 0 ? 0 : (float)random.NextDouble() * 10 }));
        }

        LatentCollectorOptions options = new() { Intervals = 4, SnippetsPerInterval = 3, Seed = 5 };
        LatentReport report = Build(windows, [.. rows], options)[0];
        Assert.Equal(4, report.IntervalSnippets.Count);
        Assert.Equal(rows.Count(row => row[0] > 0), report.IntervalSnippets.Sum(interval => interval.Count));
        Assert.Equal(report.MaxActivation, report.IntervalSnippets[^1].High, 6);
        foreach (SnippetInterval interval in report.IntervalSnippets)
        {
            Assert.Equal(3, interval.Snippets.Count);
            Assert.All(interval.Snippets, snippet => Assert.InRange(snippet.Activations[snippet.Focus], interval.Low, interval.High));
            Assert.Equal(3, interval.Snippets.Select(snippet => (snippet.Document, snippet.Position)).Distinct().Count());
        }

        Assert.Equal(Places(report), Places(Build(windows, [.. rows], options)[0]));
        Assert.NotEqual(Places(report), Places(Build(windows, [.. rows], options with { Seed = 6 })[0]));
    }

    [Fact]
    public void Geometry_and_threshold_of_a_latent_are_reported()
    {
        using Matrix encoder = Matrix.FromRows(3, 2, [1, 0, 0, 1, 1, 1]);
        using Matrix decoder = Matrix.FromRows(3, 2, [3, 4, 6, 8, -4, 3]);
        using SparseAutoencoder sae = new(encoder, new float[3], decoder, new float[2], new JumpReluActivation([0.1f, 0.2f, 0.3f]));
        using LatentCollector collector = new(3, new LatentCollectorOptions { Neighbours = 1 });
        using WorkTeam team = new(1);
        IReadOnlyList<LatentReport> reports = collector.Build(team, sae, s_texts, null);
        Assert.Equal(5, reports[0].DecoderNorm!.Value, 12);
        Assert.Equal(10, reports[1].DecoderNorm!.Value, 12);
        Assert.Equal(0.6, reports[0].EncoderDecoderCosine!.Value, 6);
        Assert.Equal(0.2, reports[1].Threshold!.Value, 6);
        Assert.Equal(1, Assert.Single(reports[0].Neighbours).Index);
        Assert.Equal(1, reports[0].Neighbours[0].Cosine, 6);
        Assert.Equal(0, reports[0].Frequency);
    }

    [Fact]
    public void Windows_beyond_the_limit_are_left_out_and_the_note_says_what_was_counted()
    {
        using LatentCollector collector = new(1, new LatentCollectorOptions { MaximumTokens = 5 });
        using Matrix dense = new(3, 1);
        SparseActivations activations = Sparse.FromDense(dense, 0, 3);
        Assert.True(collector.Add(Window(0, 0, [0, 1, 2, 3]), activations, 0));
        Assert.False(collector.Add(Window(1, 0, [0, 1, 2, 3]), activations, 0));
        Assert.Equal("3 held-out tokens of 1 document", collector.Note);
        Assert.Throws<ArgumentException>(() => collector.Add(Window(1, 0, [0, 1, 2, 3]), activations, 1));
    }

    [Fact]
    public void Telling_latents_answer_to_few_words_promote_few_tokens_and_do_not_repeat_one_another()
    {
        TokenShare cat = new([], 0.9, 2), mat = new([], 0.5, 4), none = new([], 0, -1);
        TellingEvidence[] evidence =
        [
            new(100, 0.001, mat, 5), new(100, 0.001, cat, 5), new(100, 0.001, cat, 4.8),
            new(29, 0.001, cat, 9), new(5000, 0.02, cat, 9), new(0, 0, none, 9), new(100, 0.001, mat, null),
        ];
        double[] scores = TellingRule.Score(evidence, s_texts);
        Assert.Equal(new[] { 2.5, 4.5, 2.16, double.NaN, double.NaN, double.NaN, 0.25 }, scores.Select(score => Math.Round(score, 10)));
    }

    [Fact]
    public void The_largest_values_come_in_order_and_the_first_of_equal_ones_first()
    {
        float[] values = [3, 9, -4, 9, 5, 0, -7];
        Assert.Equal(new[] { 1, 3, 4 }, LargestValues.Find(values, 3));
        Assert.Equal(new[] { 6, 2 }, LargestValues.Find(values, 2, sign: -1));
        Assert.Equal(new[] { 3, 4 }, LargestValues.Find(values, 2, skip: 1));
        Assert.Equal(7, LargestValues.Find(values, 50).Length);
        Assert.Empty(LargestValues.Find(values, 0));
        Assert.Empty(LargestValues.Find([], 3));
    }

    private static TokenWindow Window(int document, int start, int[] ids) => new(document, start, ids, true, [.. ids.Select((_, i) => i > 0)]);

    private static IEnumerable<(int?, long?)> Places(LatentReport report) =>
        report.IntervalSnippets.SelectMany(interval => interval.Snippets).Select(snippet => (snippet.Document, snippet.Position));

    private static LatentReport[] Build(
        IReadOnlyList<TokenWindow> windows, float[][] rows, LatentCollectorOptions options, Func<int, (string? Title, string? Source)>? describe = null)
    {
        int latents = rows[0].Length;
        using Matrix dense = Matrix.FromRows(rows.Length, latents, rows.SelectMany(row => row).ToArray());
        using LatentCollector collector = new(latents, options);
        using WorkTeam team = new(2);
        int first = 0;
        foreach (TokenWindow window in windows)
        {
            Assert.True(collector.Add(window, Sparse.FromDense(dense, 0, dense.Rows), first));
            first += window.CountedTokens;
        }

        TopKActivation activation = new(1, TopKRelu.Before);
        using SparseAutoencoder sae = new(new Matrix(latents, 2), new float[latents], new Matrix(latents, 2), new float[2], activation);
        return [.. collector.Build(team, sae, s_texts, null, describe)];
    }
}
