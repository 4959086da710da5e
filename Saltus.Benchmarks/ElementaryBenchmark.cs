using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class ElementaryBenchmark : KernelBenchmark
{
    private const int Length = 3072;

    private readonly float[] _x = Array.ConvertAll(Values(Length), value => value + 1.5f);
    private readonly float[] _y = new float[Length];

    public override double Bytes => 2.0 * sizeof(float) * Length;

    [Benchmark(Baseline = true)]
    public void ExpOfTheLibrary()
    {
        for (int i = 0; i < Length; i++)
        {
            _y[i] = MathF.Exp(_x[i]);
        }
    }

    [Benchmark]
    public void Exp() => Elementary.Exp(_x, _y);

    [Benchmark]
    public void Tanh() => Elementary.Tanh(_x, _y);

    [Benchmark]
    public void Sigmoid() => Elementary.Sigmoid(_x, _y);

    [Benchmark]
    public void Log() => Elementary.Log(_x, _y);

    [Benchmark]
    public void Erf() => Elementary.Erf(_x, _y);
}
