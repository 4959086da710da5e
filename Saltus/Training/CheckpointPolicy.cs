namespace Saltus.Training;

/// <summary>When a run writes checkpoints, beside the one when it is interrupted. No result depends on it.</summary>
public sealed record CheckpointPolicy
{
    /// <summary>Gets after how many steps one is written; null (the default) for no such rule.</summary>
    public int? EverySteps { get; init; }

    /// <summary>Gets after how much time one is written; default 10 minutes.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether one is due.</summary>
    /// <param name="steps">Steps done.</param>
    /// <param name="sinceLast">Time since the last one, or since the run began.</param>
    /// <returns>Whether to write.</returns>
    internal bool IsDue(int steps, TimeSpan sinceLast) => (EverySteps is int every && steps % every == 0) || sinceLast >= Every;
}
