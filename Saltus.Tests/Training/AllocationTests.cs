using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>
/// A step in the steady state leaves nothing for the garbage collector: not a byte, whatever the method, on either path, with the screen and
/// without. Lists grow until they have met the largest batch; batches come round so that they have, but none is like the one before.
/// </summary>
public class AllocationTests
{
    private const int Latents = 300;
    private const int Width = 24;
    private const int Rows = 256;
    private const int Batches = 4;

    /// <summary>Beyond the shared cut's and p-annealing's steps, and several rounds of the batches.</summary>
    private const int WarmSteps = 48;

    /// <summary>Steps of a window: rounds of the batches, and where latents are resampled three resamplings.</summary>
    private const int WindowSteps = 36;

    /// <summary>
    /// Which of several threads meets which item is open, so that one of them may meet its largest late: one window in so many must be
    /// without a byte. What a step allocates every time is in all of them. One thread alone needs that too: a collection, which any test of the
    /// process may start, takes what is left of a thread's 8 KiB for allocating, and the counter counts that as allocated.
    /// </summary>
    private const int Windows = 12;

    public static TheoryData<string> Methods => [.. SomeMethods.Names];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_step_in_the_steady_state_allocates_not_a_byte(string name)
    {
        foreach ((bool dense, ScreenMode screening) in Paths)
        {
            AssertNone(name, threads: 1, dense, screening);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Nor_does_it_on_any_of_several_threads(string name)
    {
        foreach ((bool dense, ScreenMode screening) in Paths)
        {
            AssertNone(name, threads: 3, dense, screening);
        }
    }

    private static void AssertNone(string name, int threads, bool dense, ScreenMode screening)
    {
        long[] bytes = Measure(name, threads, dense, screening, Windows);
        string found = string.Join(", ", bytes);
        Assert.True(bytes[^1] == 0, $"{name}, dense {dense}, screening {screening}: {found} bytes in windows of {WindowSteps} steps, expected none in one");
    }

    private static IEnumerable<(bool Dense, ScreenMode Screening)> Paths =>
        from dense in new[] { false, true } from screening in new[] { ScreenMode.Never, ScreenMode.Always } select (dense, screening);

    /// <summary>Counts what the threads of a team allocate, window after window, until one is without a byte.</summary>
    private static long[] Measure(string name, int threads, bool dense, ScreenMode screening, int windows)
    {
        using WorkTeam team = new(threads);
        TeamAllocation allocation = new(team);
        bool isTranscoder = name.Contains("transcoder", StringComparison.Ordinal);
        using SaeParameters parameters = new(Latents, Width, isTranscoder ? Width + 3 : null, isTranscoder);
        Initialization.Set(parameters, 1);
        (TrainingMethod method, TrainerOptions options) = SomeMethods.Create(name, Latents);
        options = options with { LearningRate = 1e-9, ThresholdLearningRate = 1e-9 };
        using Trainer trainer = new(team, parameters, method, options) { ForceDense = dense, Screening = screening };
        ActivationBatch[] batches = [.. Enumerable.Range(0, Batches).Select(index => Batch(index, parameters.BatchWidth))];
        int step = 0;
        void Run(int steps)
        {
            for (int end = step + steps; step < end; step++)
            {
                trainer.Step(batches[step % Batches]);
            }
        }

        Run(WarmSteps);
        List<long> bytes = [];
        while (bytes.Count < windows && (bytes.Count == 0 || bytes[^1] != 0))
        {
            long before = allocation.Total();
            Run(WindowSteps);
            bytes.Add(allocation.Total() - before);
        }

        foreach (ActivationBatch batch in batches)
        {
            batch.Dispose();
        }

        return [.. bytes];
    }

    private static ActivationBatch Batch(int index, int width)
    {
        RandomSource random = new(index, "data");
        ActivationBatch batch = new(Rows, width) { Count = Rows };
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)((random.NextDouble() - 0.5) * random.NextDouble());
        }

        return batch;
    }
}
