using BenchmarkDotNet.Attributes;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

public class ExactPairsBenchmark : VariantBenchmark, IDisposable
{
    private const int Tokens = 512;
    private const int Latents = 16_384;
    private const int Width = 768;

    private readonly Matrix _x = Values(Tokens, Width);
    private readonly Matrix _weights = Values(Latents, Width);
    private readonly float[] _bias = new float[Latents];
    private readonly int[] _tokens = [.. Enumerable.Range(0, ExactPairs.Count)];
    private readonly int[] _latents = [.. Enumerable.Range(0, ExactPairs.Count).Select(pair => pair * 911)];
    private readonly float[] _values = new float[ExactPairs.Count];

    public override double Flops => 2.0 * ExactPairs.Count * Width;

    [Benchmark]
    public void Compute() => ExactPairs.Compute(_x, _weights, _bias, _tokens, _latents, _values);

    public void Dispose()
    {
        _x.Dispose();
        _weights.Dispose();
        GC.SuppressFinalize(this);
    }
}
