using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>A run from its configuration and a source of vectors to a trained SAE: scale, start or checkpoint, steps, log.</summary>
public sealed partial class TrainingRun
{
    /// <summary>Vectors from which scale and mean are estimated (dictionary_learning takes 100 batches).</summary>
    private const int EstimateVectors = 65_536;

    private const int LogEvery = 10;
    private const double MovedShare = 0.01;

    private readonly WorkTeam _team;
    private readonly RunConfiguration _configuration;
    private readonly TimeProvider _time;
    private float[] _startThresholds = [];

    /// <summary>Prepares a run.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="configuration">Completed by its recipe.</param>
    /// <param name="time">For the timings beside the metrics, and for when checkpoints are due.</param>
    public TrainingRun(WorkTeam team, RunConfiguration configuration, TimeProvider time)
    {
        (_team, _configuration, _time) = (team, Recipe.Complete(configuration), time);
    }

    /// <summary>Gets the configuration, every knob filled in.</summary>
    public RunConfiguration Configuration => _configuration;

    /// <summary>Gets the columns at the end of each vector that are a transcoder's target; null for an autoencoder.</summary>
    public int? TargetWidth { get; init; }

    /// <summary>Gets when checkpoints are written, where there is a folder.</summary>
    public CheckpointPolicy Checkpoints { get; init; } = new();

    /// <summary>What should be known before the run: memory, and whether thresholds can get anywhere.</summary>
    /// <returns>Lines for a person.</returns>
    public IEnumerable<string> Notes()
    {
        int steps = _configuration.Steps();
        if (RunOptions.Method(_configuration) is not JumpReluMethod method)
        {
            yield return $"{steps} steps";
            yield break;
        }

        double reach = _configuration.ThresholdLearningRate!.Value * steps;
        bool isLog = method.Options.LogThreshold;
        yield return $"{steps} steps; thresholds can move by about {reach:G3} {(isLog ? "nats" : "in units of the scaled data")}";
        if (isLog && reach < Math.Log(10))
        {
            yield return "warning: the thresholds cannot change tenfold (2.3 nats) in this run; give more --tokens, or use --recipe default";
        }
    }

    /// <summary>Trains, from the beginning or from the checkpoint of the folder: what comes out has the same bits.</summary>
    /// <param name="source">Vectors, from their beginning; read to the end of the run, disposed by the caller.</param>
    /// <param name="folder">Where log and checkpoints go; null for none.</param>
    /// <param name="metadata">What the SAE's file will say.</param>
    /// <param name="progress">Told every step; null for nobody.</param>
    /// <param name="cancellation">Checked at every step; a checkpoint is left.</param>
    /// <returns>The SAE on raw activations; the caller disposes it.</returns>
    /// <exception cref="InputException">The vectors cannot be used, fewer came than the run needs, a number is not finite, or the file system refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SparseAutoencoder Train(
        IActivationSource source, RunFolder? folder, SaeMetadata metadata, IProgress<TrainingStep>? progress, CancellationToken cancellation)
    {
        using ReplaySource replay = new(new BorrowedSource(source));
        using SafetensorsFile? checkpoint = folder?.CheckpointPath is string path ? SafetensorsFile.Open(path) : null;
        NormScale estimate = checkpoint is null
            ? NormScale.Of(replay.ReadAhead((int)Math.Min(EstimateVectors, _configuration.Tokens)))
            : NormScale.ReadFrom(checkpoint);
        int width = source.Width - (TargetWidth ?? 0);
        RunScale scale = RunScale.Of(_configuration, estimate, width);
        using SaeParameters parameters = new(_configuration.Width, width, TargetWidth, _configuration.Skip == true);
        if (checkpoint is null)
        {
            StartData data = new(scale.Mean, () => FirstBatch(replay, scale, parameters));
            Recipe.Find(_configuration.Recipe).Start(parameters, _configuration, data);
        }

        TrainingMethod method = RunOptions.Method(_configuration);
        using Trainer trainer = new(_team, parameters, method, RunOptions.Trainer(_configuration, scale));
        TrainingState state = State(trainer, estimate);
        if (checkpoint is not null)
        {
            state.ReadFrom(checkpoint);
            GoTo(source, trainer.Tokens);
        }

        RunClock clock = new(_time, Checkpoints, folder?.Checkpoint);
        try
        {
            Run(trainer, replay, clock, progress, (done, isLast) =>
            {
                if (folder is null)
                {
                    return;
                }

                if (done.Step % LogEvery == 0 || isLast)
                {
                    trainer.CheckWeights();
                    folder.Log(Point(done, method));
                    folder.LogTime(done.Step, clock.Elapsed, clock.Reading);
                }

                if (!isLast && clock.IsDue(trainer.Steps))
                {
                    folder.Save(state, trainer.Steps, trainer.Tokens, clock.Elapsed);
                    clock.Saved(trainer.Steps);
                }
            }, cancellation);
        }
        catch (OperationCanceledException) when (folder is not null && trainer.Steps > clock.SavedStep)
        {
            folder.Save(state, trainer.Steps, trainer.Tokens, clock.Elapsed);
            throw;
        }

        trainer.CheckWeights();
        folder?.Seal();
        return TrainedAutoencoder.Fold(trainer, metadata);
    }

    private void Run(
        Trainer trainer, ReplaySource vectors, RunClock clock, IProgress<TrainingStep>? progress, Action<TrainingStep, bool> keep, CancellationToken cancellation)
    {
        using ActivationBatch batch = new(_configuration.Batch!.Value, vectors.Width);
        int steps = _configuration.Steps();
        while (trainer.Steps < steps)
        {
            cancellation.ThrowIfCancellationRequested();
            clock.Read(() => vectors.Read(batch));
            if (batch.Count == 0)
            {
                throw TooFew(trainer.Tokens);
            }

            TrainingStep done = trainer.Step(batch);
            progress?.Report(done);
            keep(done, trainer.Steps == steps);
        }
    }

    private InputException TooFew(long found) => new(
        $"activations: expected {_configuration.Tokens} vectors, got {found}; ask for fewer --tokens, or give more text");

    /// <summary>What is reconstructed of the first batch, in training units.</summary>
    private float[] FirstBatch(ReplaySource replay, RunScale scale, SaeParameters parameters)
    {
        IReadOnlyCollection<ActivationBatch> ahead = replay.ReadAhead(_configuration.Batch!.Value);
        List<float> values = [];
        int first = parameters.HasTarget ? parameters.Width : 0;
        float factor = (float)(1 / (scale.TargetScale ?? scale.Scale));
        int left = _configuration.Batch.Value;
        foreach (ActivationBatch batch in ahead)
        {
            for (int row = 0; row < batch.Count && left > 0; row++, left--)
            {
                foreach (float value in batch.Vectors.Row(row).Slice(first, parameters.OutputWidth))
                {
                    values.Add(value * factor);
                }
            }
        }

        return [.. values];
    }

    private RunPoint Point(TrainingStep step, TrainingMethod method)
    {
        float[] sorted = method.CurrentThresholds.ToArray();
        if (sorted.Length == 0)
        {
            return new RunPoint(step, [], 0);
        }

        double moved = 0;
        if (_startThresholds.Length == 0 || step.Step < method.FirstExtraStep + 1)
        {
            _startThresholds = (float[])sorted.Clone();
        }

        for (int latent = 0; latent < sorted.Length; latent++)
        {
            moved += Math.Abs(sorted[latent] - _startThresholds[latent]) > MovedShare * _startThresholds[latent] ? 1.0 / sorted.Length : 0;
        }

        Array.Sort(sorted);
        return new RunPoint(step, [.. RunPoint.Levels.Select(level => sorted[(int)(level * (sorted.Length - 1))])], moved);
    }
}
