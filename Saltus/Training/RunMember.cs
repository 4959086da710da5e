using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>One SAE in training: its trainer, begun anew or as its folder's checkpoint has it, and its log.</summary>
internal sealed class RunMember : IDisposable
{
    private const int LogEvery = 10;
    private const double MovedShare = 0.01;

    private readonly SaeParameters _parameters;
    private readonly TrainingMethod _method;
    private readonly Trainer _trainer;
    private readonly TrainingState _state = new();
    private readonly RunFolder? _folder;
    private float[] _startThresholds = [];

    /// <summary>Begins a run, or goes on with it.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="configuration">Completed by its recipe.</param>
    /// <param name="folder">Where log and checkpoints go; null for none.</param>
    /// <param name="vectors">The source from its beginning; read ahead of where a run begins.</param>
    /// <param name="estimate">Gives the scale of the first vectors; asked only where a run begins.</param>
    /// <param name="targetWidth">Columns at the end of each vector that are a transcoder's target; null for an autoencoder.</param>
    public RunMember(WorkTeam team, RunConfiguration configuration, RunFolder? folder, ReplaySource vectors, Func<NormScale> estimate, int? targetWidth)
    {
        (Configuration, _folder, Clock) = (configuration, folder, new RunClock(folder?.Checkpoint));
        using SafetensorsFile? checkpoint = folder?.CheckpointPath is string path ? SafetensorsFile.Open(path) : null;
        NormScale norm = checkpoint is null ? estimate() : NormScale.ReadFrom(checkpoint);
        int width = vectors.Width - (targetWidth ?? 0);
        RunScale scale = RunScale.Of(configuration, norm, width);
        _parameters = new SaeParameters(configuration.Width, width, targetWidth, configuration.Skip == true);
        try
        {
            if (checkpoint is null)
            {
                StartData data = new(scale.Mean, scale.InputMean, () => FirstBatch(vectors, scale));
                Recipe.Find(configuration.Recipe).Start(_parameters, configuration, data);
            }

            _method = RunOptions.Method(configuration);
            _trainer = new Trainer(team, _parameters, _method, RunOptions.Trainer(configuration, scale));
            _trainer.AddState(_state);
            norm.AddState(_state);
            _state.AddVector("run.start_thresholds", () => _startThresholds, values => _startThresholds = values);
            if (checkpoint is not null)
            {
                _state.ReadFrom(checkpoint);
            }
        }
        catch
        {
            _trainer?.Dispose();
            _parameters.Dispose();
            throw;
        }
    }

    /// <summary>Gets the run's knobs.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>Gets what the run has taken.</summary>
    public RunClock Clock { get; }

    /// <summary>Gets the steps done.</summary>
    public int Steps => _trainer.Steps;

    /// <summary>Gets the vectors trained on: where the run stands in the source.</summary>
    public long Tokens => _trainer.Tokens;

    /// <summary>Gets whether every step is done.</summary>
    public bool IsDone => Steps >= Configuration.Steps();

    /// <summary>Trains on one batch; nothing is written.</summary>
    /// <param name="batch">The batch that begins at <see cref="Tokens"/>.</param>
    /// <returns>What happened.</returns>
    public TrainingStep Step(ActivationBatch batch) => _trainer.Step(batch);

    /// <summary>Logs a step where it is one to be logged.</summary>
    /// <param name="done">The last step.</param>
    public void Log(TrainingStep done)
    {
        if (_folder is not null && (done.Step % LogEvery == 0 || IsDone))
        {
            _trainer.CheckWeights();
            _folder.Log(Point(done));
            _folder.LogTime(done.Step, Clock.Elapsed, Clock.Reading, Clock.Saving);
        }
    }

    /// <summary>Writes a checkpoint, unless there is a folder for none or the newest stands here already.</summary>
    /// <param name="time">For what it takes.</param>
    public void Save(TimeProvider time)
    {
        if (_folder is not null && Steps > Clock.SavedStep)
        {
            long began = time.GetTimestamp();
            _folder.Save(_state, Steps, Tokens, Clock.Elapsed);
            Clock.Saved(Steps, time.GetElapsedTime(began));
        }
    }

    /// <summary>Ends the run: its log is sealed.</summary>
    /// <param name="metadata">What the SAE's file will say.</param>
    /// <returns>The SAE on raw activations; the caller disposes it.</returns>
    public SparseAutoencoder Finish(SaeMetadata metadata)
    {
        _trainer.CheckWeights();
        _folder?.Seal();
        return TrainedAutoencoder.Fold(_trainer, metadata);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _parameters.Dispose();
    }

    /// <summary>What is reconstructed of the first batch, in training units.</summary>
    private float[] FirstBatch(ReplaySource vectors, RunScale scale)
    {
        IReadOnlyCollection<ActivationBatch> ahead = vectors.ReadAhead(Configuration.Batch!.Value);
        List<float> values = [];
        int first = _parameters.HasTarget ? _parameters.Width : 0;
        float factor = (float)(1 / (scale.TargetScale ?? scale.Scale));
        int left = Configuration.Batch.Value;
        foreach (ActivationBatch batch in ahead)
        {
            for (int row = 0; row < batch.Count && left > 0; row++, left--)
            {
                foreach (float value in batch.Vectors.Row(row).Slice(first, _parameters.OutputWidth))
                {
                    values.Add(value * factor);
                }
            }
        }

        return [.. values];
    }

    private RunPoint Point(TrainingStep step)
    {
        float[] sorted = _method.CurrentThresholds.ToArray();
        if (sorted.Length == 0)
        {
            return new RunPoint(step, [], 0);
        }

        double moved = 0;
        if (_startThresholds.Length == 0 || step.Step < _method.FirstExtraStep + 1)
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
