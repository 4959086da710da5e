namespace Saltus.Training;

/// <summary>How long a run has taken, over all its parts, and when its next checkpoint is due.</summary>
/// <param name="time">The clock.</param>
/// <param name="policy">When checkpoints are written.</param>
/// <param name="from">The checkpoint that the run goes on from; null for the beginning.</param>
internal sealed class RunClock(TimeProvider time, CheckpointPolicy policy, CheckpointRecord? from)
{
    private readonly long _began = time.GetTimestamp();
    private readonly TimeSpan _before = TimeSpan.FromSeconds(from?.Seconds ?? 0);
    private long _saved = time.GetTimestamp();

    /// <summary>Gets the time since the run began, the time between its parts left out.</summary>
    public TimeSpan Elapsed => _before + time.GetElapsedTime(_began);

    /// <summary>Gets how much of this part went into waiting for vectors.</summary>
    public TimeSpan Reading { get; private set; }

    /// <summary>Gets the step of the newest checkpoint; 0 where there is none.</summary>
    public long SavedStep { get; private set; } = from?.Step ?? 0;

    /// <summary>Times the reading of vectors.</summary>
    /// <param name="read">Reads.</param>
    public void Read(Action read)
    {
        long before = time.GetTimestamp();
        read();
        Reading += time.GetElapsedTime(before);
    }

    /// <summary>Whether a checkpoint is due.</summary>
    /// <param name="steps">Steps done.</param>
    /// <returns>Whether to write one now.</returns>
    public bool IsDue(int steps) => policy.IsDue(steps, time.GetElapsedTime(_saved));

    /// <summary>Takes in that a checkpoint was written.</summary>
    /// <param name="steps">Steps done.</param>
    public void Saved(int steps)
    {
        SavedStep = steps;
        _saved = time.GetTimestamp();
    }
}
