namespace Saltus.Training;

/// <content>Going on from a checkpoint.</content>
public sealed partial class TrainingRun
{
    /// <summary>Lists everything that the rest of the run depends on.</summary>
    private TrainingState State(Trainer trainer, NormScale estimate)
    {
        TrainingState state = new();
        trainer.AddState(state);
        estimate.AddState(state);
        state.AddVector("run.start_thresholds", () => _startThresholds, values => _startThresholds = values);
        return state;
    }

    /// <summary>
    /// Brings a source to where the run stood. Its order follows from seed and settings, so a count says it all: documents, passes, the shuffle
    /// buffer and its random stream come out as they were.
    /// </summary>
    private void GoTo(IActivationSource source, long vectors)
    {
        long skipped = source.Skip(vectors);
        if (skipped < vectors)
        {
            throw TooFew(skipped);
        }
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
