using System.Text.Json;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Activations;

/// <summary>The carried language model on the carried corpus.</summary>
public sealed class SampleModelTests : IDisposable
{
    private const int Context = 256;
    private static readonly string s_model = Path.Combine(Fixtures.Repository, "models", "sample-lm");
    private static readonly string s_text = Path.Combine(Fixtures.Repository, "corpus", "validation.jsonl.gz");
    private static readonly Tokenizer s_tokenizer = Tokenizer.Load(s_model);

    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _model = LanguageModel.Load(s_model);

    [Fact]
    public void The_validation_documents_have_the_windows_that_the_evaluation_goldens_count()
    {
        // The counts of fixtures/eval, also where that folder is not at hand.
        (int Documents, int Windows, int Vectors) expected = (55, 539, 130_334);
        TokenWindow[] windows = [.. Windows(Context).Pass()];
        Assert.Equal(expected, (windows.Select(w => w.Document).Distinct().Count(), windows.Length, windows.Sum(w => w.CountedTokens)));
        foreach (string golden in Fixtures.Cases("eval", folder => File.Exists(Path.Combine(folder, "golden.json"))))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(golden, "golden.json")));
            JsonElement metrics = document.RootElement.GetProperty("metrics");
            Assert.True(document.RootElement.GetProperty("context").GetInt32() == Context, golden);
            Assert.True(metrics.GetProperty("windows").GetInt32() == windows.Length, golden);
            Assert.True(metrics.GetProperty("vectors").GetInt32() == windows.Sum(w => w.CountedTokens), golden);
            Assert.True(metrics.GetProperty("targets").GetInt32() == windows.Sum(w => w.Length - 1), golden);
        }
    }

    [Fact]
    public void What_is_harvested_depends_neither_on_threads_nor_on_the_grouping_of_windows()
    {
        List<(int Document, int Position, int Token, string Vector)>? expected = null;
        foreach ((int threads, int tokens) in new[] { (1, 40), (2, 333), (5, 1), (2, 100_000) })
        {
            using WorkTeam team = new(threads);
            using LiveActivationSource source = new(_model, team, new Site(SiteKind.ResidPost, 2), Windows(32, seed: 1), new HarvestOptions { Vectors = 200, TokensAtOnce = tokens });
            List<(int Document, int Position, int Token, string Vector)> read = LiveActivationSourceTests.Read(source, 64);
            expected ??= read;
            Assert.Equal(200, read.Count);
            Assert.True(expected.SequenceEqual(read), $"{threads} threads, {tokens} tokens at once");
        }
    }

    [Fact]
    public void Stores_of_several_sites_hold_the_live_vectors_and_an_interrupted_harvest_has_the_same_bytes()
    {
        using WorkTeam team = new(2);
        Site[] sites = [new Site(SiteKind.AttnZ, 1), new Site(SiteKind.ResidPost, 2)];
        HarvestOptions options = new() { Vectors = 300, TokensAtOnce = 100 };
        HarvestSettings settings = new()
        {
            Dtype = TensorDtype.F32,
            RowsPerShard = 70,
            Model = "sample-lm",
            ModelHash = FileChecksum.Compute(Path.Combine(s_model, "model.safetensors")),
            TokenizerHash = FileChecksum.Compute(Path.Combine(s_model, "tokenizer.json")),
            Text = "validation",
            TextHash = FileChecksum.Compute(s_text),
        };
        IReadOnlyList<ActivationStoreIndex> Harvest(string name, CancellationToken cancellation = default, IProgress<HarvestProgress>? progress = null) => ActivationHarvest.Run(
            _model, team, Windows(32, seed: 7), [.. sites.Select(site => (site, _folder[$"{name} {site}"]))], settings, options, progress, cancellation);

        Assert.All(Harvest("whole"), index => Assert.Equal((300, true), ((int)index.Count, index.Complete)));
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Harvest("broken", cancellation.Token, new CancelAfter(cancellation, 150)));
        Harvest("broken");
        foreach (Site site in sites)
        {
            foreach (string file in Directory.EnumerateFiles(_folder[$"whole {site}"]))
            {
                string other = Path.Combine(_folder[$"broken {site}"], Path.GetFileName(file));
                Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(other)), other);
            }

            using LiveActivationSource live = new(_model, team, site, Windows(32, seed: 7), options);
            using IActivationSource stored = ActivationStore.Open(_folder[$"whole {site}"]).OpenSource();
            Assert.Equal(LiveActivationSourceTests.Read(live, 64), LiveActivationSourceTests.Read(stored, 100));
        }
    }

    [Fact]
    public void A_site_that_the_model_has_not_is_refused_before_anything_is_written()
    {
        using WorkTeam team = new(1);
        Assert.ThrowsAny<InputException>(() => new LiveActivationSource(_model, team, new Site(SiteKind.ResidPost, 4), Windows(32)));
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    private static TokenWindows Windows(int context, long? seed = null) => new(new DocumentReader(s_text), s_tokenizer, context, seed);

    private sealed class CancelAfter(CancellationTokenSource source, long vectors) : IProgress<HarvestProgress>
    {
        public void Report(HarvestProgress value)
        {
            if (value.Vectors >= vectors)
            {
                source.Cancel();
            }
        }
    }
}
