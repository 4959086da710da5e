using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class AxpyBenchmark : VariantBenchmark
{
    private float[] _x = [];
    private float[] _y = [];

    [Params(768, 2304)]
    public int Length { get; set; }

    public override double Flops => 2.0 * Length;

    public override double Bytes => 3.0 * sizeof(float) * Length;

    public override void Setup()
    {
        base.Setup();
        (_x, _y) = (Values(Length), new float[Length]);
    }

    [Benchmark]
    public void Add() => Axpy.Add(1e-9f, _x, _y);
}
