using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>A run from its configuration and a source of vectors to a trained SAE: scale, start, steps, log.</summary>
public sealed class TrainingRun
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
    /// <param name="time">For the timings beside the metrics.</param>
    public TrainingRun(WorkTeam team, RunConfiguration configuration, TimeProvider time)
    {
        (_team, _configuration, _time) = (team, Recipe.Complete(configuration), time);
    }

    /// <summary>Gets the configuration, every knob filled in.</summary>
    public RunConfiguration Configuration => _configuration;

    /// <summary>What should be known before the run: memory, and whether thresholds can get anywhere.</summary>
    /// <returns>Lines for a person.</returns>
    public IEnumerable<string> Notes()
    {
        int steps = _configuration.Steps();
        double reach = _configuration.ThresholdLearningRate!.Value * steps;
        bool isLog = RunOptions.JumpRelu(_configuration).LogThreshold;
        yield return $"{steps} steps; thresholds can move by about {reach:G3} {(isLog ? "nats" : "in units of the scaled data")}";
        if (isLog && reach < Math.Log(10))
        {
            yield return "warning: the thresholds cannot change tenfold (2.3 nats) in this run; give more --tokens, or use --recipe default";
        }
    }

    /// <summary>Trains.</summary>
    /// <param name="source">Vectors; read to the end of the run, disposed by the caller.</param>
    /// <param name="folder">Where the log goes; null for none.</param>
    /// <param name="metadata">What the SAE's file will say.</param>
    /// <param name="progress">Told every step; null for nobody.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>The SAE on raw activations; the caller disposes it.</returns>
    /// <exception cref="InputException">The vectors cannot be used, or fewer came than the run needs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SparseAutoencoder Train(
        IActivationSource source, RunFolder? folder, SaeMetadata metadata, IProgress<TrainingStep>? progress, CancellationToken cancellation)
    {
        long began = _time.GetTimestamp();
        TimeSpan reading = TimeSpan.Zero;
        using ReplaySource replay = new(new BorrowedSource(source));
        NormScale estimate = NormScale.Of(replay.ReadAhead((int)Math.Min(EstimateVectors, _configuration.Tokens)));
        using SaeParameters parameters = Start(source.Width, estimate);
        JumpReluMethod method = new(RunOptions.JumpRelu(_configuration));
        using Trainer trainer = new(_team, parameters, method, RunOptions.Trainer(_configuration, estimate));
        using ActivationBatch batch = new(_configuration.Batch!.Value, source.Width);
        int steps = _configuration.Steps();
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            long before = _time.GetTimestamp();
            replay.Read(batch);
            reading += _time.GetElapsedTime(before);
            if (batch.Count == 0)
            {
                throw new InputException(
                    $"activations: expected {_configuration.Tokens} vectors, got {trainer.Tokens}; ask for fewer --tokens, or give more text");
            }

            TrainingStep done = trainer.Step(batch);
            progress?.Report(done);
            if (folder is not null && (step % LogEvery == 0 || step == steps - 1))
            {
                folder.Log(Point(done, method));
                folder.LogTime(step, _time.GetElapsedTime(began), reading);
            }
        }

        return TrainedAutoencoder.Fold(trainer, metadata);
    }

    /// <summary>Gemma Scope's start, with the decoder bias at the data's mean unless the paper's recipe asks for zero.</summary>
    private SaeParameters Start(int width, NormScale estimate)
    {
        SaeParameters parameters = new(_configuration.Width, width);
        Initialization.Set(parameters, _configuration.Seed);
        if (_configuration.Recipe != Recipe.Paper)
        {
            for (int j = 0; j < width; j++)
            {
                parameters.DecoderBias[j] = (float)(estimate.Mean[j] / estimate.Scale);
            }
        }

        return parameters;
    }

    private RunPoint Point(TrainingStep step, JumpReluMethod method)
    {
        float[] sorted = method.Thresholds.ToArray();
        double moved = 0;
        if (_startThresholds.Length == 0 || step.Step < method.FirstThresholdStep + 1)
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

    /// <summary>The run reads through a source that its caller owns.</summary>
    private sealed class BorrowedSource(IActivationSource source) : IActivationSource
    {
        public int Width => source.Width;

        public long? Length => source.Length;

        public void Read(ActivationBatch batch) => source.Read(batch);

        public void Dispose()
        {
        }
    }
}
