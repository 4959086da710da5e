using System.Text;
using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Interpretation;

public sealed class FidelityCheckpointTests : IDisposable
{
    private const int Latents = 48;
    private static readonly Site s_site = new(SiteKind.ResidPost, 0);
    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _model;
    private readonly List<TokenWindow> _windows;
    private readonly SparseAutoencoder _sae;
    private readonly WorkTeam _team = new(2);
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, string> _settings = new() { ["sae"] = "0123" };

    public FidelityCheckpointTests()
    {
        string folder = Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "config.json")) && File.Exists(Path.Combine(path, "golden.safetensors")))[0];
        _model = LanguageModel.Load(folder);
        int[][] ids = new GoldenTensors(Path.Combine(folder, "golden.safetensors")).Integers("input_ids");
        _windows = [.. Enumerable.Range(0, 9).Select(i => new TokenWindow(i / 2, 0, ids[i % ids.Length][i..(i + 20)], false, [.. Enumerable.Repeat(true, 20)]))];
        _sae = Sae(_model.Configuration.Width);
    }

    private string Out => _folder["eval.json"];

    [Fact]
    public void An_evaluation_interrupted_after_any_batch_comes_to_the_same_bytes()
    {
        byte[] whole = Evaluate(stopAfter: int.MaxValue)!;
        FidelityCheckpoint checkpoint = Checkpoint();
        for (int batches = 1; batches <= 5; batches++)
        {
            Assert.Null(Evaluate(batches));
            Assert.True(File.Exists(checkpoint.Path));
            Assert.Equal(batches == 5, Evaluate(stopAfter: 1) is not null);
            Assert.Equal(whole, Evaluate(stopAfter: int.MaxValue));
            Assert.Equal(2, _notes.Count(note => note.Contains("going on", StringComparison.Ordinal)));
            _notes.Clear();
            checkpoint.Remove();
        }
    }

    [Fact]
    public void Sums_are_kept_after_every_batch_for_a_kill()
    {
        byte[] whole = Evaluate(stopAfter: int.MaxValue)!;
        FidelityCheckpoint checkpoint = Checkpoint();
        List<byte[]> kept = [];
        FidelityEvaluation evaluation = new(_model, _sae, s_site, new FidelityOptions { BatchTokens = 40, Checkpoint = checkpoint });
        evaluation.Run(_team, _windows, null, new Watching(_ => kept.Add(File.Exists(checkpoint.Path) ? File.ReadAllBytes(checkpoint.Path) : [])), TestContext.Current.CancellationToken);
        kept.Add(File.ReadAllBytes(checkpoint.Path));
        Assert.Equal(6, kept.Count);
        foreach (byte[] bytes in kept[1..])
        {
            File.WriteAllBytes(checkpoint.Path, bytes);
            Assert.Equal(whole, Evaluate(stopAfter: int.MaxValue));
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_and_one_of_another_evaluation_refused()
    {
        byte[] whole = Evaluate(stopAfter: int.MaxValue)!;
        Assert.Null(Evaluate(2));
        string path = Checkpoint().Path;
        byte[] good = File.ReadAllBytes(path);
        for (int at = 0; at < good.Length; at += 1 + (good.Length / 12))
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 4;
            File.WriteAllBytes(path, flipped);
            Assert.Equal(whole, Evaluate(stopAfter: int.MaxValue));
            Assert.Contains(path, Assert.Single(_notes, note => note.StartsWith("warning", StringComparison.Ordinal)), StringComparison.Ordinal);
            _notes.Clear();
        }

        File.WriteAllBytes(path, good);
        _settings["sae"] = "4567";
        CheckpointException other = Assert.Throws<CheckpointException>(() => Evaluate(stopAfter: int.MaxValue));
        Assert.Equal(CheckpointError.OtherInput, other.Error);
        Assert.Contains("sae: expected 0123", other.Message, StringComparison.Ordinal);
        Assert.Equal(good, File.ReadAllBytes(path));
    }

    [Fact]
    public void Numbers_that_are_not_finite_end_the_evaluation_with_their_place()
    {
        _sae.DecoderWeights.Row(7)[3] = float.NaN;
        string decoder = Assert.Throws<InputException>(() => Evaluate(stopAfter: int.MaxValue)).Message;
        Assert.Matches("document 0, position [0-9]+, token [0-9]+: .*the SAE's reconstruction has NaN in column 3", decoder);
        _sae.DecoderWeights.Row(7)[3] = 0;
        _sae.EncoderBias[5] = float.PositiveInfinity;
        string latent = Assert.Throws<InputException>(() => Evaluate(stopAfter: int.MaxValue)).Message;
        Assert.Contains("document 0, position 0", latent, StringComparison.Ordinal);
        Assert.Contains($"latent 5 of the SAE is {float.PositiveInfinity}", latent, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _sae.Dispose();
        _model.Dispose();
        _team.Dispose();
        _folder.Dispose();
    }

    private static SparseAutoencoder Sae(int width)
    {
        RandomSource random = new(1, "test");
        Matrix encoder = new(Latents, width);
        Matrix decoder = new(Latents, width);
        foreach (Matrix matrix in new[] { encoder, decoder })
        {
            foreach (ref float value in matrix.Span)
            {
                value = (float)(random.NextDouble() - 0.5);
            }
        }

        return new SparseAutoencoder(encoder, new float[Latents], decoder, new float[width], new JumpReluActivation([.. Enumerable.Repeat(0.1f, Latents)]));
    }

    /// <summary>Every batch is written.</summary>
    private FidelityCheckpoint Checkpoint() => new(Out, _settings, new CheckpointPolicy { EverySteps = 1 }, TimeProvider.System, _notes.Add);

    /// <summary>The result as JSON; null where it was stopped.</summary>
    private byte[]? Evaluate(int stopAfter)
    {
        using CancellationTokenSource stop = new();
        int batches = 0;
        Watching progress = new(_ =>
        {
            if (++batches >= stopAfter)
            {
                stop.Cancel();
            }
        });
        try
        {
            FidelityOptions options = new()
            {
                BatchTokens = 40,
                Bootstrap = new BootstrapOptions { Resamples = 40 },
                Checkpoint = stopAfter == int.MaxValue && !File.Exists(Out + ".checkpoint") ? null : Checkpoint(),
            };
            FidelityResult result = new FidelityEvaluation(_model, _sae, s_site, options).Run(_team, _windows, null, progress, stop.Token);
            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream))
            {
                EvaluationFile.Write(writer, result.Evaluation);
            }

            return [.. stream.ToArray(), .. Encoding.UTF8.GetBytes(string.Join('\n', result.Documents)), .. Encoding.UTF8.GetBytes(result.Reconstruction.ToString())];
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed class Watching(Action<FidelityProgress> then) : IProgress<FidelityProgress>
    {
        public void Report(FidelityProgress value) => then(value);
    }
}
