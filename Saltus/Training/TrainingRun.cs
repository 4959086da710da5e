using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>A run from its configuration and a source of vectors to a trained SAE: scale, start or checkpoint, steps, log.</summary>
public sealed class TrainingRun
{
    private readonly WorkTeam _team;
    private readonly RunConfiguration _configuration;
    private readonly TimeProvider _time;

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
        using TrainingPass pass = new(_team, source, _time, Checkpoints);
        pass.Add(_configuration, folder, TargetWidth);
        pass.Run((_, done) => progress?.Report(done), cancellation);
        return pass.Members[0].Finish(metadata);
    }
}
