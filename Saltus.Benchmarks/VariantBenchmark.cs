using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

/// <summary>A kernel of the table: measured in each of its variants that this processor has.</summary>
public abstract class VariantBenchmark : KernelBenchmark
{
    /// <summary>Gets the end of the name of a kernel's class.</summary>
    internal const string Suffix = "Benchmark";

    /// <summary>Gets the variants of the kernel by which the class is named.</summary>
    public IEnumerable<KernelVariant> Variants =>
        KernelTable.Entries.Single(entry => GetType().Name == entry.Kernel + Suffix).Variants.Intersect(KernelTable.Supported);

    [ParamsSource(nameof(Variants), Priority = -1)]
    public KernelVariant Variant { get; set; }

    [GlobalSetup]
    public virtual void Setup() => KernelTable.Force(Variant);

    [GlobalCleanup]
    public void Cleanup() => KernelTable.Force(null);
}
