using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>How the step's cost grows: with B, with M, with threads, and with L0 to where the dense path is cheaper.</summary>
internal static class ScalingGroups
{
    private const double L0 = 32;

    /// <summary>Gets the tables.</summary>
    public static IReadOnlyList<BenchGroup> All { get; } =
    [
        new("scaling-batch", "Scaling: vectors of a step", Batches),
        new("scaling-width", "Scaling: latents", Widths),
        new("scaling-threads", "Scaling: threads", Threads),
        new("scaling-l0", "Scaling: active latents, and the dense path", Crossover),
    ];

    private static StepMethod Method => StepMethods.JumpRelu;

    private static IEnumerable<BenchPair> Batches(BenchSettings settings)
    {
        using StepData smallest = new(settings.Team, 1024, StepGroups.Width, StepGroups.Latents);
        using BenchCase floor = Named(Method.Step(smallest, L0), "B = 1,024", smallest);
        yield return new BenchPair(floor, Floor: null);
        foreach (int rows in new[] { 2048, 4096 })
        {
            using StepData data = new(settings.Team, rows, StepGroups.Width, StepGroups.Latents);
            using BenchCase step = Named(Method.Step(data, L0), $"B = {rows:N0}", data);
            yield return new BenchPair(step, floor);
        }
    }

    private static IEnumerable<BenchPair> Widths(BenchSettings settings)
    {
        using StepData smallest = new(settings.Team, settings.Batch, StepGroups.Width, 8192);
        using BenchCase floor = Named(Method.Step(smallest, L0), "M = 8,192", smallest);
        yield return new BenchPair(floor, Floor: null);
        foreach (int latents in new[] { 16_384, 32_768 })
        {
            using StepData data = new(settings.Team, settings.Batch, StepGroups.Width, latents);
            using BenchCase step = Named(Method.Step(data, L0), $"M = {latents:N0}", data);
            yield return new BenchPair(step, floor);
        }
    }

    /// <summary>One thread, half of them, all of them, and twice as many, which must cost nothing.</summary>
    private static IEnumerable<BenchPair> Threads(BenchSettings settings)
    {
        int all = settings.Team.Threads;
        using WorkTeam alone = new(1);
        using StepData data = new(alone, settings.Batch, StepGroups.Width, StepGroups.Latents);
        using BenchCase floor = Named(Method.Step(data, L0), "1 thread", data);
        yield return new BenchPair(floor, Floor: null);
        foreach (int threads in new[] { all / 2, all, 2 * all }.Where(threads => threads > 1).Distinct())
        {
            using WorkTeam team = new(threads);
            using StepData shared = new(team, settings.Batch, StepGroups.Width, StepGroups.Latents);
            using BenchCase step = Named(Method.Step(shared, L0), $"{threads} threads", shared);
            yield return new BenchPair(step, floor);
        }
    }

    /// <summary>The sparse path above the dense one at each L0: where the ratio passes 1, the dense path should be taken.</summary>
    private static IEnumerable<BenchPair> Crossover(BenchSettings settings)
    {
        using StepData data = new(settings.Team, 1024, StepGroups.Width, StepGroups.Latents);
        foreach (double l0 in new double[] { 500, 1000, 2000, 4000 })
        {
            using BenchCase dense = Method.Step(data, l0, dense: true);
            using BenchCase sparse = Method.Step(data, l0, dense: false);
            yield return new BenchPair(sparse, dense);
        }
    }

    private static BenchCase Named(BenchCase step, string name, StepData data) => new(name, $"{step.Name}, {data.Shape}", step.Work, step.Run)
    {
        Tokens = step.Tokens,
        Note = step.Note,
        Owned = [step],
    };
}
