using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>How many windows of an evaluation are in its sums.</summary>
internal sealed class WindowsDone
{
    /// <summary>In the pass that measures vectors, clean, spliced and zero losses.</summary>
    public int Measured { get; set; }

    /// <summary>In the pass that measures mean ablation, which needs the mean of the first.</summary>
    public int Ablated { get; set; }

    /// <summary>Puts both onto the list of what a checkpoint holds.</summary>
    public void AddState(TrainingState state)
    {
        state.AddCount("windows.measured", () => Measured, value => Measured = checked((int)value));
        state.AddCount("windows.ablated", () => Ablated, value => Ablated = checked((int)value));
    }
}
