using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class AdamBenchmark : VariantBenchmark
{
    private readonly AdamStep _step = new(1e-9, 0, 0.999, 1e-8, 1);
    private readonly AdamStep _stepWithFirst = new(1e-9, 0.9, 0.999, 1e-8, 1);
    private float[] _gradient = [];
    private float[] _first = [];
    private float[] _second = [];
    private float[] _parameters = [];

    /// <summary>A latent's row, and more than any cache holds.</summary>
    [Params(768, 16 << 20)]
    public int Length { get; set; }

    public override double Bytes => 5.0 * sizeof(float) * Length;

    public override void Setup()
    {
        base.Setup();
        (_gradient, _first, _second, _parameters) = (Values(Length), new float[Length], new float[Length], Values(Length));
    }

    [Benchmark]
    public void WithoutFirstMoment() => Adam.Update(_step, 1, _gradient, [], _second, _parameters);

    [Benchmark]
    public void WithFirstMoment() => Adam.Update(_stepWithFirst, 1, _gradient, _first, _second, _parameters);
}
