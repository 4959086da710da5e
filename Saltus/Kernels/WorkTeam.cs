namespace Saltus.Kernels;

/// <summary>
/// A fixed team of threads for loops whose items do not depend on one another. Which thread takes which item is open, so results must not
/// depend on it: an item writes only what is its own, and reductions over items are summed afterwards in item order.
/// Items are handed out a few at a time, fewer towards the end. A thread that waits looks again for some microseconds, as long as it takes
/// to be woken, and then sleeps: a shared core is not burnt, and where there are more threads than cores nobody looks again. A loop inside a loop runs on the calling thread.
/// </summary>
public sealed class WorkTeam : IDisposable
{
    /// <summary>How often a waiting thread looks again before it sleeps: about 30 µs, the time that waking takes.</summary>
    private const int Looks = 200;

    /// <summary>Pauses between two looks.</summary>
    private const int Pause = 4;

    /// <summary>Shares that the items still to do are cut into for each thread.</summary>
    private const int SharesOfThread = 8;

    private readonly int _looks;
    private readonly Thread[] _helpers;
    private readonly object _gate = new();
    private Action<int>? _body;
    private Exception? _failure;
    private int _count;
    private int _next;
    private int _running;
    private long _generation;
    private bool _stopped;
    private int _busy;

    /// <summary>Starts the team.</summary>
    /// <param name="threads">Threads that work, the caller included; at least 1.</param>
    public WorkTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        _looks = threads <= Environment.ProcessorCount ? Looks : 0;
        _helpers = new Thread[threads - 1];
        for (int i = 0; i < _helpers.Length; i++)
        {
            _helpers[i] = new Thread(Help) { IsBackground = true, Name = $"saltus-{i + 1}" };
            _helpers[i].Start();
        }
    }

    /// <summary>Gets the number of threads that work, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Calls <paramref name="body"/> once for each of 0 … count − 1, spread over the team, and returns when all are done.</summary>
    /// <param name="count">Number of items.</param>
    /// <param name="body">What to do with one; a cached delegate costs no allocation. The first exception is thrown again here.</param>
    public void Run(int count, Action<int> body)
    {
        if (count <= 1 || _helpers.Length == 0 || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            for (int i = 0; i < count; i++)
            {
                body(i);
            }

            return;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            _body = body;
            _count = count;
            _next = 0;
            _failure = null;
            _running = _helpers.Length;
            _generation++;
            Monitor.PulseAll(_gate);
        }

        Work(body, count);
        for (int look = 0; look < _looks && Volatile.Read(ref _running) > 0; look++)
        {
            Thread.SpinWait(Pause);
        }

        Exception? failure;
        lock (_gate)
        {
            while (_running > 0)
            {
                Monitor.Wait(_gate);
            }

            _body = null;
            failure = _failure;
        }

        Volatile.Write(ref _busy, 0);
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread helper in _helpers)
        {
            helper.Join();
        }
    }

    private void Work(Action<int> body, int count)
    {
        try
        {
            while (true)
            {
                // Another thread may take items between the look and the taking: then this share is a little large, no more.
                int share = Math.Max(1, (count - Volatile.Read(ref _next)) / (SharesOfThread * Threads));
                int end = Interlocked.Add(ref _next, share);
                for (int item = end - share; item < Math.Min(end, count); item++)
                {
                    body(item);
                }

                if (end >= count)
                {
                    return;
                }
            }
        }
#pragma warning disable CA1031 // whatever a helper's item throws must reach the caller of Run, not end the process
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            Volatile.Write(ref _next, count);
        }
    }

    private void Help()
    {
        long seen = 0;
        while (true)
        {
            for (int look = 0; look < _looks && Volatile.Read(ref _generation) == seen; look++)
            {
                Thread.SpinWait(Pause);
            }

            Action<int> body;
            int count;
            lock (_gate)
            {
                while (_generation == seen && !_stopped)
                {
                    Monitor.Wait(_gate);
                }

                if (_stopped)
                {
                    return;
                }

                seen = _generation;
                body = _body!;
                count = _count;
            }

            Work(body, count);
            lock (_gate)
            {
                if (--_running == 0)
                {
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }
}
