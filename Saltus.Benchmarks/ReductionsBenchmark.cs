using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class ReductionsBenchmark : KernelBenchmark
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(768, 2304)]
    public int Length { get; set; }

    public override double Flops => 2.0 * Length;

    [GlobalSetup]
    public void Setup() => (_x, _y) = (Values(Length), Values(Length));

    [Benchmark(Baseline = true)]
    public float DotPlain() => Reductions.ReducePlain<DotReduction>(_x, _y);

    [Benchmark]
    public float Dot() => Reductions.Dot(_x, _y);

    [Benchmark]
    public double DotInDouble() => Reductions.DotInDouble(_x, _y);

    [Benchmark]
    public float Sum() => Reductions.Sum(_x);

    [Benchmark]
    public float Max() => Reductions.Max(_x);

    [Benchmark]
    public double SquaredDistanceInDouble() => Reductions.SquaredDistanceInDouble(_x, _y);
}
