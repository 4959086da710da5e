using System.Diagnostics;
using System.Globalization;
using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>A process that trains and does nothing else: the peak of its memory beside the step. One batch, as a run has it.</summary>
internal static class MemoryGroup
{
    private const double BytesOfMebibyte = 1 << 20;

    private static readonly double[] s_sparse = [32, 64];

    /// <summary>The step as it runs by default.</summary>
    public static IEnumerable<BenchPair> Pairs(BenchSettings settings)
    {
        using StepData data = new(settings.Team, settings.Batch, StepGroups.Width, StepGroups.Latents, batches: 1);
        foreach (double l0 in s_sparse)
        {
            using BenchCase step = StepMethods.JumpRelu.Step(data, l0, screening: ScreenMode.Automatic);
            using BenchCase noted = new(step.Name, step.What, step.Work, step.Run)
            {
                Tokens = step.Tokens,
                Note = () => string.Create(CultureInfo.InvariantCulture, $"{step.Note!()}, peak {Peak() / BytesOfMebibyte:F0} MiB"),
            };
            yield return new BenchPair(noted, Floor: null);
        }
    }

    /// <summary>The most that the process has had in memory, runtime and code included.</summary>
    private static long Peak()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
