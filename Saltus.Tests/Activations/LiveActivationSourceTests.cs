using Saltus.Lm.Activations;
using Saltus.Training;

namespace Saltus.Tests.Activations;

public sealed class LiveActivationSourceTests : IDisposable
{
    private readonly PlainCorpus _corpus = new(PlainCorpus.Usual);

    [Fact]
    public void Every_letter_of_every_document_gives_its_vector_in_the_order_of_the_text()
    {
        using LiveActivationSource source = new(OneSite(), _corpus.Windows());
        Assert.Null(source.Length);
        Assert.Equal(3, source.Width);
        List<(int Document, int Position, int Token, string Vector)> read = Read(source, 7);
        Assert.Equal(
            PlainCorpus.Usual.SelectMany((text, document) => text.Select((letter, position) => (document, position, letter - 'a' + 3))).Where(row => row.Item3 > 2),
            read.Select(row => (row.Document, row.Position, row.Token)));

        // The fifth letter of the first text begins its second window: position 1 behind the BOS.
        Assert.Equal((0, 4, 7, "7 1 7"), read[4]);
        Assert.Equal((0, 5, 8, "8 2 7"), read[5]);
    }

    [Fact]
    public void Vectors_of_a_pair_of_sites_stand_one_behind_the_other()
    {
        using LiveActivationSource source = new(new PlainWindowModel(), _corpus.Windows());
        Assert.Equal(5, source.Width);
        Assert.Equal((0, 4, 7, "7 1 7 1007 4"), Read(source, 7)[4]);
    }

    [Fact]
    public void Neither_the_size_of_groups_nor_that_of_batches_changes_what_is_read()
    {
        List<(int Document, int Position, int Token, string Vector)> expected = All(new HarvestOptions { Vectors = 100 }, 8);
        Assert.Equal(100, expected.Count);
        foreach (int tokens in new[] { 1, 4, 13, 1000 })
        {
            foreach (int batch in new[] { 1, 3, 64 })
            {
                Assert.Equal(expected, All(new HarvestOptions { Vectors = 100, TokensAtOnce = tokens }, batch));
            }
        }
    }

    [Fact]
    public void More_vectors_than_one_pass_holds_come_from_further_passes_and_progress_says_so()
    {
        List<HarvestProgress> progress = [];
        int once = All(new HarvestOptions(), 10).Count;
        using LiveActivationSource source = new(
            OneSite(), _corpus.Windows(seed: 3), new HarvestOptions { Vectors = (2 * once) + 5, TokensAtOnce = 6 }, new Collector(progress));
        List<(int Document, int Position, int Token, string Vector)> read = Read(source, 10);
        Assert.Equal((2 * once) + 5, read.Count);
        Assert.Equal(source.Length, read.Count);
        var first = read[..once];
        var second = read[once..(2 * once)];
        Assert.NotEqual(first, second);
        Assert.Equal(first.Order(), second.Order());
        Assert.Equal(new HarvestProgress(read.Count, read.Count, 2), progress[^1]);
        Assert.Equal([0, 1, 2], progress.Select(p => p.Pass).Distinct());
    }

    [Fact]
    public void The_model_reads_no_more_than_is_asked_for()
    {
        PlainWindowModel model = OneSite();
        using LiveActivationSource source = new(model, _corpus.Windows(), new HarvestOptions { Vectors = 5, TokensAtOnce = 5 });
        Assert.Equal(5, Read(source, 100).Count);
        Assert.Equal(5 + 4, model.TokensRead);
        Assert.True(model.LargestGroup <= 10);
    }

    [Fact]
    public void Skipping_gives_what_reading_would_and_does_not_run_the_model()
    {
        HarvestOptions options = new() { Vectors = 60, TokensAtOnce = 7 };
        List<(int Document, int Position, int Token, string Vector)> expected = All(options, 10);
        for (int skip = 0; skip <= 62; skip++)
        {
            PlainWindowModel model = OneSite();
            using LiveActivationSource source = new(model, _corpus.Windows(seed: 1), options);
            Assert.Equal(Math.Min(skip, 60), source.Skip(skip));
            Assert.Equal(0, model.Runs);
            Assert.True(expected.Skip(skip).SequenceEqual(Read(source, 10)), $"{skip} skipped");
        }

        for (int skip = 0; skip < 30; skip++)
        {
            using LiveActivationSource source = new(OneSite(), _corpus.Windows(seed: 1), options);
            using ActivationBatch batch = new(9, 3);
            source.Read(batch);
            source.Skip(skip);
            Assert.True(expected.Skip(9 + skip).SequenceEqual(Read(source, 10)), $"{skip} skipped after 9");
        }
    }

    [Fact]
    public void Text_without_a_window_is_refused()
    {
        foreach (string[] texts in new string[][] { [], [""], ["!!!", "", "!"] })
        {
            using PlainCorpus empty = new(texts);
            using LiveActivationSource source = new(OneSite(), empty.Windows(), new HarvestOptions { Vectors = 10 });
            DocumentException exception = Assert.Throws<DocumentException>(() => Read(source, 4));
            Assert.Equal(DocumentError.NothingToRead, exception.Error);
            Assert.Contains("no document with at least 2 tokens", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_cancelled_source_stops_between_groups()
    {
        using CancellationTokenSource cancellation = new();
        using LiveActivationSource source = new(OneSite(), _corpus.Windows(), new HarvestOptions { TokensAtOnce = 5 }, null, cancellation.Token);
        using ActivationBatch batch = new(2, 3);
        source.Read(batch);
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => Read(source, 10));
    }

    [Fact]
    public void Numbers_below_one_are_refused()
    {
        Assert.Throws<InputException>(() => new LiveActivationSource(OneSite(), _corpus.Windows(), new HarvestOptions { Vectors = 0 }));
        Assert.Throws<InputException>(() => new LiveActivationSource(OneSite(), _corpus.Windows(), new HarvestOptions { TokensAtOnce = 0 }));
    }

    public void Dispose() => _corpus.Dispose();

    internal static List<(int Document, int Position, int Token, string Vector)> Read(IActivationSource source, int batchSize)
    {
        List<(int, int, int, string)> rows = [];
        using ActivationBatch batch = new(batchSize, source.Width);
        for (source.Read(batch); batch.Count > 0; source.Read(batch))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                rows.Add((batch.Documents[row], batch.Positions[row], batch.Tokens[row], string.Join(' ', batch.Vectors.Row(row).ToArray())));
            }
        }

        return rows;
    }

    private List<(int Document, int Position, int Token, string Vector)> All(HarvestOptions options, int batchSize)
    {
        using LiveActivationSource source = new(OneSite(), _corpus.Windows(seed: 1), options);
        return Read(source, batchSize);
    }

    private sealed class Collector(List<HarvestProgress> reports) : IProgress<HarvestProgress>
    {
        public void Report(HarvestProgress value) => reports.Add(value);
    }

    private static PlainWindowModel OneSite() => new() { Widths = [3] };
}
