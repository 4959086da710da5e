using BenchmarkDotNet.Attributes;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

public class SparseDecodeBenchmark : VariantBenchmark, IDisposable
{
    private const int Rows = 256;
    private const int Active = 32;
    private const int Width = 768;
    private const int Latents = 16_384;

    private readonly int[] _latents = [.. Enumerable.Range(0, Rows * Active).Select(i => i * 7919 % Latents)];
    private readonly float[] _values = Values(Active);
    private readonly Matrix _weights = Values(Latents, Width);
    private readonly float[] _bias = Values(Width);
    private readonly float[] _output = new float[Width];

    public override double Flops => 2.0 * Rows * Active * Width;

    public override double Bytes => (double)sizeof(float) * Rows * Active * Width;

    [Benchmark]
    public void Row()
    {
        for (int row = 0; row < Rows; row++)
        {
            SparseDecode.Row(_latents.AsSpan(row * Active, Active), _values, _weights, _bias, _output);
        }
    }

    public void Dispose()
    {
        _weights.Dispose();
        GC.SuppressFinalize(this);
    }
}
