using BenchmarkDotNet.Attributes;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

public class MatMulBenchmark : KernelBenchmark, IDisposable
{
    private const int Tokens = 512;
    private const int Width = 768;
    private const int Outputs = 3072;

    private readonly WorkTeam _team = new(1);
    private readonly Matrix _x = Values(Tokens, Width);
    private readonly MatrixRows _w = new(Values(Outputs, Width));
    private readonly Matrix _y = new(Tokens, Outputs);

    /// <summary>Gets the variants of the product tile to compare.</summary>
    public static IEnumerable<KernelVariant> Variants => KernelTable.Supported.Where(variant => variant != KernelVariant.Plain);

    /// <summary>Gets or sets the variant that is measured.</summary>
    [ParamsSource(nameof(Variants))]
    public KernelVariant Variant { get; set; }

    public override double Flops => 2.0 * Tokens * Width * Outputs;

    [GlobalSetup]
    public void Force() => KernelTable.Force(Variant);

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
