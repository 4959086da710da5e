using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

/// <summary>The kernels one by one, on one thread at real sizes: <c>quick</c> in short runs, <c>full</c> until the error is small. Whole jobs are measured by <c>saltus bench</c>.</summary>
internal static class KernelBenchmarks
{
    private const string Usage = "usage: Saltus.Benchmarks quick|full [filter, such as *Adam*], or forward|larger-than-memory|mapped-sae FOLDER, where the model or SAE is made (0.3, 18, 4 GB)";

    public static int Run(string[] arguments, TextWriter error)
    {
        if (arguments is not ([("quick" or "full")] or [("quick" or "full"), _]))
        {
            error.WriteLine(Usage);
            return 2;
        }

        Type[] classes = [.. typeof(KernelBenchmarks).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(KernelBenchmark)))];
        if (KernelTable.Entries.FirstOrDefault(entry => !Array.Exists(classes, type => type.Name == entry.Kernel + VariantBenchmark.Suffix)) is { } missing)
        {
            error.WriteLine($"kernel {missing.Kernel}: expected a class {missing.Kernel}{VariantBenchmark.Suffix}, found none; write it");
            return 1;
        }

        Job job = (arguments[0] == "quick" ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.DontLogOutput);
        IConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(ConsoleLogger.Unicode)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn(new RateColumn("GFLOP/s", kernel => kernel.Flops), new RateColumn("GB/s", kernel => kernel.Bytes))
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
        BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(["--filter", arguments.ElementAtOrDefault(1) ?? "*"], config);
        return 0;
    }
}
