using System.Globalization;

namespace Saltus.Tests.Fuzz;

/// <summary>
/// Mutation fuzzing of every reader. The suite runs a few hundred inputs each; SALTUS_FUZZ_MUTATIONS, SALTUS_FUZZ_SECONDS (a reader),
/// SALTUS_FUZZ_SEED and SALTUS_FUZZ_TARGET run more, or one reader alone.
/// </summary>
[Trait("once", "yes")]
[Trait("fuzz", "yes")]
public sealed class FuzzTests
{
    private const int LargestSeed = 16 << 10;
    private const long FewMutations = 1500;

    [Fact]
    public void No_damaged_file_crashes_hangs_or_takes_memory_beyond_its_size()
    {
        long mutations = Number("SALTUS_FUZZ_MUTATIONS") ?? (Number("SALTUS_FUZZ_SECONDS") is null ? FewMutations : long.MaxValue);
        TimeSpan time = Number("SALTUS_FUZZ_SECONDS") is long seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        long seed = Number("SALTUS_FUZZ_SEED") ?? 1;
        string? only = Environment.GetEnvironmentVariable("SALTUS_FUZZ_TARGET");
        FuzzTarget[] targets = [.. FuzzTargets.All.Where(target => string.IsNullOrEmpty(only) || target.Name == only)];
        Assert.True(targets.Length > 0, $"SALTUS_FUZZ_TARGET={only}: expected one of {string.Join(", ", FuzzTargets.All)}");
        List<string> failures = [];
        foreach (FuzzTarget target in targets)
        {
            FuzzRun run = new(target);
            string? failure = run.Mutate(seed, mutations, time);
            if (failure is not null)
            {
                failures.Add($"{target}, seed {seed}: {failure}");
            }

            string memory = string.Create(
                CultureInfo.InvariantCulture,
                $"memory of one at most {run.LargestBytes / 1e3:N0} kB, {run.LargestOfLimit:P1} of {target.FreeBytes / 1e3:N0} kB and {target.MemoryMultiple} bytes a byte");
            TestContext.Current.SendDiagnosticMessage($"fuzz {target}: {run.Inputs} inputs, {run.Refused} refused; {memory}");

            // One that hangs still writes into the folder.
            if (failure is null)
            {
                run.Dispose();
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    [Fact]
    public void What_broke_a_reader_once_does_not_any_more()
    {
        foreach (FuzzTarget target in FuzzTargets.All.Where(target => Directory.Exists(FuzzRun.CrashFolder(target))))
        {
            using FuzzRun run = new(target);
            foreach (string crash in Directory.EnumerateFiles(FuzzRun.CrashFolder(target)).Order(StringComparer.Ordinal))
            {
                string? failure = run.Check(File.ReadAllBytes(crash));
                Assert.True(failure is null, $"{crash}: {failure}");
            }
        }
    }

    [Fact]
    public void Seeds_are_sound_and_small_and_a_reader_that_breaks_is_seen()
    {
        foreach (FuzzTarget target in FuzzTargets.All)
        {
            using FuzzRun run = new(target);
            foreach (byte[] seed in target.Seeds())
            {
                Assert.InRange(seed.Length, 1, LargestSeed);
                string? failure = run.Check(seed);
                Assert.True(failure is null, $"{target}: {failure}");
            }

            Assert.True(run.Refused == 0, $"{target}: {run.Refused} of {run.Inputs} seeds are refused");
        }

        FuzzTarget sound = FuzzTargets.All[0] with { Name = "broken" };
        using FuzzRun throws = new(sound with { Read = _ => throw new InvalidOperationException() });
        Assert.Contains(nameof(InvalidOperationException), throws.Check([1]), StringComparison.Ordinal);
        Assert.Contains("one line", new FuzzRun(sound with { Read = _ => throw new InputException(string.Empty) }).Check([1]), StringComparison.Ordinal);
        Assert.Contains("memory", new FuzzRun(sound with { Read = _ => GC.KeepAlive(new byte[8 << 20]) }).Check([1]), StringComparison.Ordinal);
        Assert.Contains("memory", new FuzzRun(sound with { Read = _ => new Saltus.Tensors.Matrix(1 << 12, 1 << 9).Dispose() }).Check([1]), StringComparison.Ordinal);
    }

    private static long? Number(string variable) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
