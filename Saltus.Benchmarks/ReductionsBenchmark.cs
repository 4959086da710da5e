using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class ReductionsBenchmark : VariantBenchmark
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(768, 2304)]
    public int Length { get; set; }

    public override double Flops => 2.0 * Length;

    public override void Setup()
    {
        base.Setup();
        (_x, _y) = (Values(Length), Values(Length));
    }

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
