using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Cli.Bench;

/// <summary>What no program can beat on this machine: multiply-adds in registers, and moving memory.</summary>
internal static class Floors
{
    /// <summary>Chain steps of a call: short, so that the loop is soon compiled in full.</summary>
    private const int Steps = 5_000;

    /// <summary>Calls of a thread in a run: about 40 ms.</summary>
    private const int Calls = 1_600;

    /// <summary>Floats of each array that is moved: well beyond any cache.</summary>
    private const int MovedFloats = 48 << 20;

    private const int MovedChunk = 64 << 10;

    private static readonly TimeSpan s_choice = TimeSpan.FromMilliseconds(500);

    /// <summary>Gets the floors themselves, one by one.</summary>
    public static IEnumerable<BenchPair> Pairs(BenchSettings settings)
    {
        foreach (int threads in new[] { 1, settings.Team.Threads }.Distinct())
        {
            using WorkTeam? alone = threads == settings.Team.Threads ? null : new WorkTeam(threads);
            using BenchCase peak = Peak(alone ?? settings.Team, settings.Time);
            yield return new BenchPair(peak, Floor: null);
        }

        using Matrix source = new(MovedFloats / MovedChunk, MovedChunk);
        using Matrix second = new(MovedFloats / MovedChunk, MovedChunk);
        using Matrix target = new(MovedFloats / MovedChunk, MovedChunk);
        source.Span.Fill(1);
        second.Span.Fill(2);
        target.Span.Clear();
        using BenchCase copy = new(
            "copy",
            $"a = b, {MovedFloats >> 18} MiB each, {settings.Team.Threads} threads",
            BenchWork.Bytes(2.0 * MovedFloats * sizeof(float)),
            () => settings.Team.Run(source.Rows, chunk => source.Row(chunk).CopyTo(target.Row(chunk))));
        yield return new BenchPair(copy, Floor: null);
        using BenchCase triad = new(
            "triad",
            $"a = b + s·c, {MovedFloats >> 18} MiB each, {settings.Team.Threads} threads",
            BenchWork.Bytes(3.0 * MovedFloats * sizeof(float)),
            () => settings.Team.Run(source.Rows, chunk => Triad(source.Row(chunk), second.Row(chunk), target.Row(chunk))));
        yield return new BenchPair(triad, Floor: null);
    }

    /// <summary>Fused multiply-adds on every thread at once, on the kind of vector that does more of them here.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="time">The clock by which the kind is chosen.</param>
    /// <returns>The case.</returns>
    public static BenchCase Peak(WorkTeam team, TimeProvider time)
    {
        bool isWide = Avx512F.IsSupported && IsWideFaster(time);
        (Func<int, float> chains, int lanes) = isWide
            ? ((Func<int, float>)FloorChains.RunVector512, Vector512<float>.Count)
            : (FloorChains.RunVector, Vector<float>.Count);
        float[] ends = new float[team.Threads];
        Action<int> body = thread =>
        {
            for (int call = 0; call < Calls; call++)
            {
                ends[thread] = chains(Steps);
            }
        };
        return new BenchCase(
            team.Threads == 1 ? "fma-1" : "fma",
            $"multiply-adds in registers, {(team.Threads == 1 ? "one thread" : $"{team.Threads} threads at once")}",
            BenchWork.Flops(2.0 * FloorChains.Chains * lanes * Steps * Calls * team.Threads),
            () => team.Run(team.Threads, body))
        {
            Note = () => isWide ? "512-bit vectors" : $"{32 * Vector<float>.Count}-bit vectors",
        };
    }

    /// <summary>Compares the two kinds by their best of many short runs, over a time in which both come to be compiled in full.</summary>
    private static bool IsWideFaster(TimeProvider time)
    {
        double wide = double.MaxValue, other = double.MaxValue;
        for (long start = time.GetTimestamp(); time.GetElapsedTime(start) < s_choice;)
        {
            wide = Math.Min(wide, Seconds(time, FloorChains.RunVector512));
            other = Math.Min(other, Seconds(time, FloorChains.RunVector));
        }

        return Vector512<float>.Count / wide > Vector<float>.Count / other;
    }

    private static double Seconds(TimeProvider time, Func<int, float> chains)
    {
        long start = time.GetTimestamp();
        chains(Steps);
        return time.GetElapsedTime(start).TotalSeconds;
    }

    private static void Triad(ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> a)
    {
        int lanes = Vector<float>.Count;
        Vector<float> scale = new(3);
        for (int j = 0; j < a.Length; j += lanes)
        {
            Vector.FusedMultiplyAdd(scale, new Vector<float>(c.Slice(j, lanes)), new Vector<float>(b.Slice(j, lanes))).CopyTo(a.Slice(j, lanes));
        }
    }
}
