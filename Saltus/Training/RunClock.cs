namespace Saltus.Training;

/// <summary>How long a run has taken, over all its parts, and at which step its newest checkpoint stands.</summary>
/// <param name="from">The checkpoint that the run goes on from; null for the beginning.</param>
internal sealed class RunClock(CheckpointRecord? from)
{
    private readonly TimeSpan _before = TimeSpan.FromSeconds(from?.Seconds ?? 0);
    private TimeSpan _working;

    /// <summary>Gets the time that the run has taken, reading included, the time between its parts left out.</summary>
    public TimeSpan Elapsed => _before + _working + Reading;

    /// <summary>Gets how much of this part went into waiting for vectors; of vectors that several runs share, this run's share.</summary>
    public TimeSpan Reading { get; private set; }

    /// <summary>Gets what checkpoints took in this part; not in <see cref="Elapsed"/>.</summary>
    public TimeSpan Saving { get; private set; }

    /// <summary>Gets the step of the newest checkpoint; 0 where there is none.</summary>
    public long SavedStep { get; private set; } = from?.Step ?? 0;

    /// <summary>Adds what a batch took.</summary>
    /// <param name="reading">Waiting for its vectors.</param>
    /// <param name="working">Everything else.</param>
    public void Add(TimeSpan reading, TimeSpan working)
    {
        Reading += reading;
        _working += working;
    }

    /// <summary>Takes in that a checkpoint was written.</summary>
    /// <param name="steps">Steps done.</param>
    /// <param name="saving">What it took.</param>
    public void Saved(int steps, TimeSpan saving)
    {
        SavedStep = steps;
        Saving += saving;
    }
}
