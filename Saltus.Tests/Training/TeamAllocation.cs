using Saltus.Kernels;

namespace Saltus.Tests.Training;

/// <summary>
/// What the threads of a team have allocated on the managed heap, exactly, whatever other threads of the process do meanwhile: each thread
/// takes one item, says its own count, and stays until all have.
/// </summary>
internal sealed class TeamAllocation
{
    private readonly WorkTeam _team;
    private readonly Action<int> _read;
    private long _bytes;
    private int _arrived;

    public TeamAllocation(WorkTeam team) => (_team, _read) = (team, Read);

    /// <summary>Gets the bytes since the threads began.</summary>
    public long Total()
    {
        (_bytes, _arrived) = (0, 0);
        _team.Run(_team.Threads, _read);
        return _bytes;
    }

    private void Read(int item)
    {
        Interlocked.Add(ref _bytes, GC.GetAllocatedBytesForCurrentThread());
        Interlocked.Increment(ref _arrived);
        SpinWait wait = default;
        while (Volatile.Read(ref _arrived) < _team.Threads)
        {
            wait.SpinOnce();
        }
    }
}
