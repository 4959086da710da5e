using BenchmarkDotNet.Attributes;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

public class ProductTileBenchmark : VariantBenchmark, IDisposable
{
    private const int Tokens = 512;
    private const int Width = 768;
    private const int Outputs = 3072;

    private readonly WorkTeam _team = new(1);
    private readonly Matrix _x = Values(Tokens, Width);
    private readonly MatrixRows _w = new(Values(Outputs, Width));
    private readonly Matrix _y = new(Tokens, Outputs);

    public override double Flops => 2.0 * Tokens * Width * Outputs;

    [Benchmark]
    public void Multiply() => MatMul.Multiply(_team, _x, _w, _y);

    public void Dispose()
    {
        _team.Dispose();
        _x.Dispose();
        _w.Matrix.Dispose();
        _y.Dispose();
        GC.SuppressFinalize(this);
    }
}
