using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Measures SAEs inside their language model: how sparse and faithful their reconstructions are, and what the model loses when they, zeros
/// or the mean stand in place of the activation. The layers below the site run once; clean and spliced runs go on from there. Several SAEs
/// of one site share all that does not depend on them, and each comes to the bits that it would have alone.
/// </summary>
/// <remarks>
/// Positions that do not count (BOS, EOS, padding, other special tokens) keep their own activation. Losses average every predicted
/// token, the first after BOS too. The mean is that of all counted positions of the windows. Uniformity is the mean of r over
/// <see cref="FidelityOptions.UniformityTokens"/> tokens, but those at which no latent is active.
/// </remarks>
public sealed partial class FidelityEvaluation
{
    private readonly LanguageModel _model;
    private readonly IReadOnlyList<SparseCoder> _saes;
    private readonly Site _site;

    /// <summary>Where the reconstruction is spliced in: the site itself, but for a transcoder.</summary>
    private readonly Site _target;
    private readonly FidelityOptions _options;

    /// <summary>Prepares an evaluation.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="sae">An autoencoder of the site's activations, or a transcoder from them to those of the options' target.</param>
    /// <param name="site">What it reads; where it is spliced in, too, unless the options have a target.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="InputException">The SAE does not fit the sites, or does not encode vector by vector.</exception>
    public FidelityEvaluation(LanguageModel model, SparseCoder sae, Site site, FidelityOptions options)
        : this(model, [sae], site, options)
    {
    }

    /// <summary>Prepares an evaluation of several SAEs together.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="saes">Autoencoders of the site's activations, or transcoders to those of the options' target; at least one.</param>
    /// <param name="site">What they read; where they are spliced in, one at a time, unless the options have a target.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="InputException">An SAE does not fit the sites, or does not encode vector by vector.</exception>
    public FidelityEvaluation(LanguageModel model, IReadOnlyList<SparseCoder> saes, Site site, FidelityOptions options)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfZero(saes.Count);
        Site target = options.Target ?? site;
        foreach (SparseCoder sae in saes)
        {
            PlacedSae.Check(model, sae, site, options.Target);
        }

        _model = model;
        _saes = saes;
        _site = site;
        _target = target;
        _options = options;
    }

    /// <summary>Evaluates the only, or the first, SAE.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="windows">The evaluation set, read more than once.</param>
    /// <param name="collector">Is given the latents of every window, for a report; null for none.</param>
    /// <param name="progress">Is told after each batch; null for nobody.</param>
    /// <param name="cancellation">Ends the work between batches; the sums so far are left in the checkpoint.</param>
    /// <returns>The result; the same bits whether or not it was interrupted.</returns>
    /// <exception cref="InputException">There is nothing to evaluate on, a window does not fit the model, or a number is not finite.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another evaluation.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public FidelityResult Run(
        WorkTeam team,
        IReadOnlyList<TokenWindow> windows,
        LatentCollector? collector = null,
        IProgress<FidelityProgress>? progress = null,
        CancellationToken cancellation = default) => RunAll(team, windows, collector, progress, cancellation)[0];

    /// <summary>Evaluates every SAE in one pass.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="windows">The evaluation set, read more than once.</param>
    /// <param name="collector">Is given the first SAE's latents of every window, for a report; null for none.</param>
    /// <param name="progress">Is told after each batch; null for nobody.</param>
    /// <param name="cancellation">Ends the work between batches; the sums so far are left in the checkpoint.</param>
    /// <returns>A result an SAE, in their order; the same bits whether or not it was interrupted.</returns>
    /// <exception cref="InputException">There is nothing to evaluate on, a window does not fit the model, or a number is not finite.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another evaluation.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IReadOnlyList<FidelityResult> RunAll(
        WorkTeam team,
        IReadOnlyList<TokenWindow> windows,
        LatentCollector? collector = null,
        IProgress<FidelityProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        FidelityCheckpoint? checkpoint = _options.Checkpoint;
        if (checkpoint is not null && collector is not null)
        {
            throw new ArgumentException("the latents of a report are not kept in a checkpoint", nameof(collector));
        }

        Dictionary<int, int> places = [];
        foreach (TokenWindow window in windows)
        {
            places.TryAdd(window.Document, places.Count);
        }

        List<FidelitySubject> subjects = [];
        WindowsDone done = new();
        TrainingState state = new();
        foreach (SparseCoder sae in _saes)
        {
            FidelitySubject subject = new(sae, places.Count, subjects.FirstOrDefault());
            state.Under(subjects.Count == 0 ? string.Empty : $"sae{subjects.Count}.", () => subject.AddState(state));
            subjects.Add(subject);
        }

        done.AddState(state);
        checkpoint?.ReadInto(state);
        FidelitySubject first = subjects[0];
        try
        {
            Measure(team, windows, collector, progress, places, subjects, done, () => checkpoint?.BatchDone(state), cancellation);
            float[] mean = Array.ConvertAll(first.Accumulator.Mean.ToArray(), value => (float)value);
            EvaluationResult[] results = [.. subjects.Select(subject => EvaluationResult.From(subject.Accumulator, places.Count))];
            AddMeanAblation(team, windows, mean, places, first.Sums, done, () => checkpoint?.BatchDone(state), cancellation);
            IReadOnlyList<IReadOnlyList<UniformitySample>> uniformity = new ImportanceUniformity(_model, _saes, _site, _target, _options.BatchTokens)
                .Measure(team, ImportanceUniformity.Spread(windows, _options.UniformityTokens), cancellation);
            return [.. subjects.Select((subject, i) => Result(results[i], subject, mean, places, [.. uniformity[i].Where(sample => sample.Active > 0)]))];
        }
        catch (OperationCanceledException) when (checkpoint is not null && done.Measured > 0)
        {
            checkpoint.Write(state);
            throw;
        }
    }

    private void Measure(
        WorkTeam team,
        IReadOnlyList<TokenWindow> windows,
        LatentCollector? collector,
        IProgress<FidelityProgress>? progress,
        Dictionary<int, int> places,
        List<FidelitySubject> subjects,
        WindowsDone done,
        Action batchDone,
        CancellationToken cancellation)
    {
        using Matrix zero = new(1, _saes[0].OutputWidth);
        using AblatedLosses zeroLosses = new(_model, _target, zero, _options);
        foreach (WindowBatch batch in WindowBatch.Split(windows.Skip(done.Measured), _options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            using SpliceVectors vectors = SpliceVectors.Read(_model, team, batch.Tokens, _site, _target, batch.CountedRows);
            List<Matrix> spliced = [];
            try
            {
                foreach (FidelitySubject subject in subjects)
                {
                    spliced.Add(Splice(team, batch, vectors, subject, places, subject == subjects[0] ? collector : null));
                }

                CompareSpliced(team, batch, vectors.Point, spliced, places, subjects);
            }
            finally
            {
                spliced.ForEach(final => final.Dispose());
            }

            zeroLosses.Add(team, batch, vectors.Point, places, subjects[0].Sums.Zero);
            done.Measured += batch.Windows.Count;
            progress?.Report(new FidelityProgress(done.Measured, windows.Count, subjects[0].Accumulator.Count));
            batchDone();
        }
    }

    /// <summary>Puts an SAE's reconstruction in place: what the model then ends with at the positions that predict.</summary>
    private Matrix Splice(
        WorkTeam team, WindowBatch batch, SpliceVectors vectors, FidelitySubject subject, Dictionary<int, int> places, LatentCollector? collector)
    {
        Matrix y = vectors.Targets;
        using Matrix reconstruction = new(y.Rows, y.Columns);
        SparseActivations activations = subject.Sae.Forward(team, vectors.Inputs, reconstruction);
        subject.Accumulator.Add(team, y, activations, reconstruction);
        CheckVectors(batch, subject.Accumulator.LastBatch, y, activations, reconstruction);
        AddVectors(batch, subject.Accumulator, y, places, subject.Sums);
        for (int i = 0; collector is not null && i < batch.Windows.Count; i++)
        {
            collector.Add(batch.Windows[i], activations, batch.FirstCounted[i], vectors.Inputs);
        }

        using Matrix replaced = batch.Replace(vectors.Point.Activation, reconstruction);
        return SplicedLogits.Finish(team, _model, vectors.Point, replaced, batch.PredictingRows);
    }

    private static void AddVectors(WindowBatch batch, ReconstructionAccumulator accumulator, Matrix x, Dictionary<int, int> places, DocumentSums sums)
    {
        for (int i = 0; i < batch.Windows.Count; i++)
        {
            int place = places[batch.Windows[i].Document];
            int end = i + 1 < batch.Windows.Count ? batch.FirstCounted[i + 1] : batch.CountedRows.Length;
            for (int row = batch.FirstCounted[i]; row < end; row++)
            {
                sums.Add(place, accumulator.LastBatch[row], x.Row(row));
            }
        }
    }

    private void CompareSpliced(
        WorkTeam team, WindowBatch batch, ResumePoint point, List<Matrix> spliced, Dictionary<int, int> places, List<FidelitySubject> subjects)
    {
        int[] rows = batch.PredictingRows;
        using Matrix clean = SplicedLogits.Finish(team, _model, point, null, rows);
        int step = Math.Min(_model.LogitRows, Math.Max(1, rows.Length));
        NextTokenLoss[][] losses = [.. subjects.Select(_ => new NextTokenLoss[rows.Length])];
        for (int first = 0; first < rows.Length; first += step)
        {
            int offset = first;
            using Matrix cleanLogits = SplicedLogits.Logits(team, _model, clean, first, Math.Min(step, rows.Length - first));
            for (int s = 0; s < subjects.Count; s++)
            {
                NextTokenLoss[] own = losses[s];
                using Matrix splicedLogits = SplicedLogits.Logits(team, _model, spliced[s], first, Math.Min(step, rows.Length - first));
                team.Run(cleanLogits.Rows, i => own[offset + i] = NextTokenLoss.Compare(
                    cleanLogits.Row(i), splicedLogits.Row(i), batch.Tokens.Tokens[rows[offset + i] + 1]));
            }
        }

        for (int s = 0; s < subjects.Count; s++)
        {
            CheckLosses(batch, losses[s]);
            AddLosses(batch, losses[s], places, subjects[s].Sums, isFirst: s == 0);
        }
    }

    private static void AddLosses(WindowBatch batch, NextTokenLoss[] losses, Dictionary<int, int> places, DocumentSums sums, bool isFirst)
    {
        int next = 0;
        foreach (TokenWindow window in batch.Windows)
        {
            int place = places[window.Document];
            sums.Targets[place] += isFirst ? window.Length - 1 : 0;
            for (int position = 0; position + 1 < window.Length; position++, next++)
            {
                sums.Clean[place] += isFirst ? losses[next].Clean : 0;
                sums.Spliced[place] += losses[next].Changed;
                sums.Kl[place] += losses[next].Kl;
            }
        }
    }

    private void AddMeanAblation(
        WorkTeam team,
        IReadOnlyList<TokenWindow> windows,
        float[] mean,
        Dictionary<int, int> places,
        DocumentSums sums,
        WindowsDone done,
        Action batchDone,
        CancellationToken cancellation)
    {
        using Matrix row = Matrix.FromRows(1, mean.Length, mean);
        using AblatedLosses losses = new(_model, _target, row, _options);
        foreach (WindowBatch batch in WindowBatch.Split(windows.Skip(done.Ablated), _options.BatchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            losses.Add(team, batch, null, places, sums.Mean);
            done.Ablated += batch.Windows.Count;
            batchDone();
        }
    }

    private FidelityResult Result(
        EvaluationResult result,
        FidelitySubject subject,
        float[] mean,
        Dictionary<int, int> places,
        UniformitySample[] uniformity)
    {
        (ReconstructionAccumulator accumulator, DocumentSums sums) = (subject.Accumulator, subject.Sums);
        Saltus.Reports.LossMeasures losses = sums.Losses();
        return new FidelityResult
        {
            Evaluation = result with
            {
                Loss = losses,
                Kl = sums.MeanKl(),
                Uniformity = uniformity.Length == 0 ? null : uniformity.Average(sample => sample.Uniformity),
                Intervals = sums.Intervals(accumulator.Mean, _options.Bootstrap),
                Settings = _options.Settings with
                {
                    Site = _site.Name,
                    Layer = _site.Layer,
                    TargetSite = _target == _site ? null : _target.Name,
                    TargetLayer = _target == _site ? null : _target.Layer,
                    BootstrapResamples = _options.Bootstrap.Resamples,
                    Seed = _options.Bootstrap.Seed,
                    UniformityTokens = uniformity.Length,
                },
            },
            Reconstruction = accumulator.Result(),
            Latents = accumulator.Latents,
            Mean = mean,
            Documents =
            [
                .. places.Select(pair => new DocumentLosses(
                    pair.Key, (long)sums.Targets[pair.Value], sums.Clean[pair.Value], sums.Spliced[pair.Value],
                    sums.Zero[pair.Value], sums.Mean[pair.Value], sums.Kl[pair.Value])),
            ],
            LossRecoveredFromMean = (losses.Mean - losses.Spliced) / (losses.Mean - losses.Clean),
        };
    }
}
