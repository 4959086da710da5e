using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// One pass over a source on whose batches one or several runs step in turn. Each comes to the bits that it would have alone: a step depends on
/// the run's state and the batch only. Runs that go on from checkpoints may stand at different places; the pass begins at the last of them,
/// and the others wait until it has come to theirs.
/// </summary>
/// <param name="team">Threads.</param>
/// <param name="source">Vectors, from their beginning; owned by the caller.</param>
/// <param name="time">The clock.</param>
/// <param name="checkpoints">When checkpoints are written, of all runs at once.</param>
internal sealed class TrainingPass(WorkTeam team, IActivationSource source, TimeProvider time, CheckpointPolicy checkpoints) : IDisposable
{
    /// <summary>Vectors from which scale and mean are estimated (dictionary_learning takes 100 batches).</summary>
    private const int EstimateVectors = 65_536;

    private readonly List<RunMember> _members = [];
    private readonly ReplaySource _vectors = new(new BorrowedSource(source));
    private NormScale? _estimate;

    /// <summary>Gets the runs, in the order in which they were added.</summary>
    public IReadOnlyList<RunMember> Members => _members;

    /// <summary>Gets the time spent waiting for vectors.</summary>
    public TimeSpan Reading { get; private set; }

    /// <summary>Gets the time spent in steps of all runs.</summary>
    public TimeSpan Stepping { get; private set; }

    /// <summary>Adds a run, which begins or goes on from its folder's checkpoint. All runs take batches of one size and as many tokens.</summary>
    /// <param name="configuration">Completed by its recipe.</param>
    /// <param name="folder">Where log and checkpoints go; null for none.</param>
    /// <param name="targetWidth">Columns at the end of each vector that are a transcoder's target; null for an autoencoder.</param>
    public void Add(RunConfiguration configuration, RunFolder? folder, int? targetWidth)
    {
        _members.Add(new RunMember(team, configuration, folder, _vectors, () => _estimate ??= Estimate(configuration.Tokens), targetWidth));
    }

    /// <summary>Trains every run to its last step.</summary>
    /// <param name="progress">Told every step, with the place of its run; null for nobody.</param>
    /// <param name="cancellation">Checked at every batch; checkpoints are left.</param>
    /// <exception cref="InputException">Fewer vectors came than the runs need, a number is not finite, or the file system refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run(Action<int, TrainingStep>? progress, CancellationToken cancellation)
    {
        RunConfiguration first = _members[0].Configuration;
        long position = _members.Min(member => member.Tokens);
        if (position > 0)
        {
            GoTo(position, first.Tokens);
        }

        try
        {
            using ActivationBatch batch = new(first.Batch!.Value, _vectors.Width);
            long saved = time.GetTimestamp();
            while (_members.Any(member => !member.IsDone))
            {
                cancellation.ThrowIfCancellationRequested();
                long began = time.GetTimestamp();
                _vectors.Read(batch);
                if (batch.Count == 0)
                {
                    throw TooFew(first.Tokens, position);
                }

                TimeSpan reading = time.GetElapsedTime(began);
                Reading += reading;
                Step(batch, position, reading, progress);
                position += batch.Count;
                if (checkpoints.IsDue((int)(position / batch.Capacity), time.GetElapsedTime(saved)))
                {
                    SaveUnfinished();
                    saved = time.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException)
        {
            SaveUnfinished();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _members.ForEach(member => member.Dispose());
        _vectors.Dispose();
    }

    private static InputException TooFew(long expected, long found) => new(
        $"activations: expected {expected} vectors, got {found}; ask for fewer --tokens, or give more text");

    private NormScale Estimate(long tokens)
    {
        long began = time.GetTimestamp();
        IReadOnlyCollection<ActivationBatch> ahead = _vectors.ReadAhead((int)Math.Min(EstimateVectors, tokens));
        Reading += time.GetElapsedTime(began);
        return NormScale.Of(ahead);
    }

    private void Step(ActivationBatch batch, long position, TimeSpan reading, Action<int, TrainingStep>? progress)
    {
        int stepping = _members.Count(member => member.Tokens == position);
        for (int i = 0; i < _members.Count; i++)
        {
            RunMember member = _members[i];
            if (member.Tokens != position)
            {
                continue;
            }

            long began = time.GetTimestamp();
            TrainingStep done = member.Step(batch);
            Stepping += time.GetElapsedTime(began);
            progress?.Invoke(i, done);
            member.Clock.Add(reading / stepping, time.GetElapsedTime(began));
            member.Log(done);
        }
    }

    private void SaveUnfinished()
    {
        foreach (RunMember member in _members.Where(member => !member.IsDone))
        {
            member.Save(time);
        }
    }

    /// <summary>
    /// Brings the source to where the pass stood. Its order follows from seed and settings, so a count says it all: documents, passes, the
    /// shuffle buffer and its random stream come out as they were.
    /// </summary>
    private void GoTo(long position, long expected)
    {
        long skipped = source.Skip(position);
        if (skipped < position)
        {
            throw TooFew(expected, skipped);
        }
    }

    /// <summary>The pass reads through a source that its caller owns.</summary>
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
