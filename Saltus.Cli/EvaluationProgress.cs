using Saltus.Lm.Interpretation;

namespace Saltus.Cli;

/// <summary>Turns evaluated windows into progress.</summary>
internal sealed class EvaluationProgress(IProgress<WorkDone> progress) : IProgress<FidelityProgress>
{
    /// <inheritdoc/>
    public void Report(FidelityProgress value) => progress.Report(new WorkDone("evaluate", value.Windows, value.TotalWindows, "windows"));
}
