using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// SAEBench's core evaluation: its definitions on our windows. Unlike <see cref="FidelityEvaluation"/> it averages losses and divergences over the tokens that
/// count only (what a leading BOS predicts is left out), puts zeros at every position, and has means of batches.
/// </summary>
public sealed class SaeBenchEvaluation
{
    private readonly LanguageModel _model;
    private readonly SparseAutoencoder _sae;
    private readonly Site _site;
    private readonly int _promptsPerBatch;
    private double _klSae;
    private double _klZero;
    private double _lossClean;
    private double _lossSae;
    private double _lossZero;
    private long _compared;
    private long _predicted;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="sae">An autoencoder of the site's activations.</param>
    /// <param name="site">Where it is spliced in.</param>
    /// <param name="promptsPerBatch">Windows of a batch, at least 1.</param>
    /// <exception cref="ArgumentException">The SAE is not as wide as the site, or a batch holds no window.</exception>
    public SaeBenchEvaluation(LanguageModel model, SparseAutoencoder sae, Site site, int promptsPerBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(promptsPerBatch);
        int width = model.Configuration.WidthAt(site.Kind);
        if (sae.InputWidth != width || sae.OutputWidth != width)
        {
            throw new ArgumentException($"the SAE maps vectors of width {sae.InputWidth} to {sae.OutputWidth}, {site} has {width}", nameof(sae));
        }

        (_model, _sae, _site, _promptsPerBatch) = (model, sae, site, promptsPerBatch);
    }

    /// <summary>Evaluates.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="windows">The prompts.</param>
    /// <param name="progress">Is told after each batch; null for nobody.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>What was measured on vectors and in the model.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public (SaeBenchVectors Vectors, SaeBenchLosses Losses) Run(
        WorkTeam team, IReadOnlyList<TokenWindow> windows, IProgress<FidelityProgress>? progress = null, CancellationToken cancellation = default)
    {
        SaeBenchMeter meter = new(_sae.OutputWidth, _sae.Latents);
        int batches = 0;
        long vectors = 0;
        foreach (TokenWindow[] prompts in windows.Where(window => window.CountedTokens > 0).Chunk(_promptsPerBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            WindowBatch batch = new(prompts);
            using ResumePoint point = _model.RunAndKeep(team, batch.Tokens, _site);
            using Matrix x = WindowBatch.Gather(point.Activation, batch.CountedRows);
            using Matrix reconstruction = new(x.Rows, _sae.OutputWidth);
            meter.Add(team, x, _sae.Forward(team, x, reconstruction), reconstruction, batch.FirstCounted);
            AddLosses(team, batch, point, reconstruction);
            batches++;
            vectors += x.Rows;
            progress?.Report(new FidelityProgress(Math.Min(batches * _promptsPerBatch, windows.Count), windows.Count, vectors));
        }

        SaeBenchLosses losses = new(
            windows.Sum(window => (long)window.Length), batches, _klSae / _compared, _klZero / _compared, _lossClean / _predicted, _lossSae / _predicted, _lossZero / _predicted);
        return (meter.Result(), losses);
    }

    private void AddLosses(WorkTeam team, WindowBatch batch, ResumePoint point, Matrix reconstruction)
    {
        int[] rows = batch.CountedRows;
        using Matrix spliced = batch.Replace(point.Activation, reconstruction);
        using Matrix zeros = new(point.Activation.Rows, point.Activation.Columns);
        using Matrix cleanFinal = SplicedLogits.Finish(team, _model, point, null, rows);
        using Matrix splicedFinal = SplicedLogits.Finish(team, _model, point, spliced, rows);
        using Matrix zeroFinal = SplicedLogits.Finish(team, _model, point, zeros, rows);
        int step = Math.Min(_model.LogitRows, rows.Length);
        NextTokenLoss[] ofSae = new NextTokenLoss[rows.Length];
        NextTokenLoss[] ofZero = new NextTokenLoss[rows.Length];
        for (int first = 0; first < rows.Length; first += step)
        {
            int offset = first, count = Math.Min(step, rows.Length - first);
            using Matrix clean = SplicedLogits.Logits(team, _model, cleanFinal, first, count);
            using Matrix splicedLogits = SplicedLogits.Logits(team, _model, splicedFinal, first, count);
            using Matrix zeroLogits = SplicedLogits.Logits(team, _model, zeroFinal, first, count);
            using Matrix copy = clean.Clone();
            team.Run(count, i =>
            {
                int target = Predicted(batch, rows[offset + i]) ?? 0;
                ofSae[offset + i] = NextTokenLoss.Compare(copy.Row(i), splicedLogits.Row(i), target);
                ofZero[offset + i] = NextTokenLoss.Compare(clean.Row(i), zeroLogits.Row(i), target);
            });
        }

        for (int i = 0; i < rows.Length; i++)
        {
            _klSae += ofSae[i].Kl;
            _klZero += ofZero[i].Kl;
            _compared++;
            if (Predicted(batch, rows[i]) is not null)
            {
                _lossClean += ofSae[i].Clean;
                _lossSae += ofSae[i].Changed;
                _lossZero += ofZero[i].Changed;
                _predicted++;
            }
        }
    }

    /// <summary>The token that follows a row; null where the row is its window's last.</summary>
    private static int? Predicted(WindowBatch batch, int row) =>
        row + 1 < batch.Tokens.TokenCount && batch.Tokens.SequenceOf(row + 1) == batch.Tokens.SequenceOf(row) ? batch.Tokens.Tokens[row + 1] : null;
}
