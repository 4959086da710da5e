using System.Diagnostics;
using System.Security.Cryptography;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Fuzz;

/// <summary>
/// Gives one reader input after input. Each must be read or refused with an <see cref="InputException"/> of one line, in bounded time, and
/// take no more memory than a stated multiple of its size. What breaks this is kept under Golden/crashes.
/// </summary>
internal sealed class FuzzRun : IDisposable
{
    /// <summary>A reading of 64 KiB that takes longer hangs, also on a machine with other work.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly FuzzTarget _target;
    private readonly string _folder;
    private long _started;
    private byte[] _current = [];

    public FuzzRun(FuzzTarget target)
    {
        _target = target;

        // In memory where there is such a place: a mutation costs microseconds then, and a process that dies leaves its last input there.
        string root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(root, $"saltus-fuzz-{Environment.ProcessId}-{target.Name}")).FullName;
        target.Prepare?.Invoke(_folder);
        foreach (byte[] seed in target.Seeds())
        {
            // Tables that are made once for all readings are made now.
            Check(seed);
        }

        (Inputs, Refused, LargestBytes, LargestOfLimit) = (0, 0, 0, 0);
    }

    /// <summary>The crashes that were found by this or other means, and must not come back.</summary>
    public static string CrashFolder(FuzzTarget target) => Path.Combine(Fixtures.Repository, "Saltus.Tests", "Golden", "crashes", target.Name);

    /// <summary>Inputs so far.</summary>
    public long Inputs { get; private set; }

    /// <summary>Of them, refused.</summary>
    public long Refused { get; private set; }

    /// <summary>The largest memory of a reading, in bytes.</summary>
    public long LargestBytes { get; private set; }

    /// <summary>The largest share of what a reading may take for its input: <see cref="FuzzTarget.FreeBytes"/> and the multiple of its size.</summary>
    public double LargestOfLimit { get; private set; }

    /// <summary>Reads one input.</summary>
    /// <returns>What is wrong with how it was read; null for nothing.</returns>
    public string? Check(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_folder, _target.FileName), input);
        long before = GC.GetAllocatedBytesForCurrentThread() + UnmanagedMemory.AllocatedByThread;
        Inputs++;
        try
        {
            _target.Read(Path.Combine(_folder, _target.FileName));
        }
        catch (InputException exception)
        {
            Refused++;
            if (exception.Message.AsSpan().ContainsAny('\n', '\r') || exception.Message.Length == 0)
            {
                return $"expected one line, got: {exception.Message}";
            }
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}";
        }

        long taken = GC.GetAllocatedBytesForCurrentThread() + UnmanagedMemory.AllocatedByThread - before;
        double limit = _target.FreeBytes + (_target.MemoryMultiple * (double)Math.Max(1, input.Length));
        LargestBytes = Math.Max(LargestBytes, taken);
        LargestOfLimit = Math.Max(LargestOfLimit, taken / limit);
        return taken <= limit ? null : $"{taken:N0} bytes of memory for {input.Length:N0} bytes of input: at most {_target.FreeBytes:N0} and {_target.MemoryMultiple} a byte";
    }

    /// <summary>Mutates until there were so many inputs, or so much time has passed.</summary>
    /// <returns>What broke; null for nothing.</returns>
    public string? Mutate(long seed, long mutations, TimeSpan time)
    {
        string? failure = null;
        Thread worker = new(() => failure = Work(new Mutator(_target.Seeds(), _target.IsText, new RandomSource(seed, _target.Name)), mutations, time)) { IsBackground = true };
        worker.Start();
        (int waited, long watched) = (0, 0);
        while (!worker.Join(TimeSpan.FromSeconds(1)))
        {
            // Seconds of this process's own: one that was stopped meanwhile did not hang.
            long started = Interlocked.Read(ref _started);
            (waited, watched) = (started != 0 && started == watched ? waited + 1 : 0, started);
            if (waited > s_patience.TotalSeconds)
            {
                return $"a reading took more than {s_patience.TotalSeconds} seconds{Keep(_current)}";
            }
        }

        return failure;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string? Work(Mutator mutator, long mutations, TimeSpan time)
    {
        long began = Stopwatch.GetTimestamp();
        for (long i = 0; i < mutations && Stopwatch.GetElapsedTime(began) < time; i++)
        {
            byte[] input = mutator.Next();
            _current = _target.Repair is null || i % 4 == 0 ? input : _target.Repair(input);
            Interlocked.Exchange(ref _started, Stopwatch.GetTimestamp());
            if (Check(_current) is string failure)
            {
                return $"mutation {i}: {failure}{Keep(_current)}";
            }

            Interlocked.Exchange(ref _started, 0);
        }

        return null;
    }

    private string Keep(byte[] input)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(input).AsSpan(0, 6));
        string path = Path.Combine(Directory.CreateDirectory(CrashFolder(_target)).FullName, name + ".bin");
        File.WriteAllBytes(path, input);
        return $"\nkept as {path}";
    }
}
