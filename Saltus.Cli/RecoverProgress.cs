using Saltus.Training;

namespace Saltus.Cli;

/// <summary>
/// Steps over all runs of <c>recover</c>. A setting that may need several runs counts as so many; where fewer were enough, the rest is done with it.
/// </summary>
/// <param name="progress">Who is told.</param>
/// <param name="steps">Of all runs that there may be.</param>
internal sealed class RecoverProgress(IWorkProgress progress, long steps) : IProgress<TrainingStep>
{
    private long _before;
    private long _start;
    private int _steps;
    private int _attempts;

    /// <summary>Begins a setting with one seed.</summary>
    /// <param name="ofRun">Steps of a run.</param>
    /// <param name="attempts">Runs that it may take.</param>
    public void Begin(int ofRun, int attempts) => (_start, _steps, _attempts) = (_before, ofRun, attempts);

    /// <summary>Begins its next run.</summary>
    public void Again() => _before += _steps;

    /// <summary>Ends it.</summary>
    public void End() => _before = _start + ((long)_steps * _attempts);

    /// <inheritdoc/>
    public void Report(TrainingStep value) =>
        progress.Report(new WorkDone("recover", _before + value.Step + 1, steps, "steps", $"L0 {value.L0:F1}, FVU {value.Fvu:F4}"));
}
