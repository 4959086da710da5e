using BenchmarkDotNet.Attributes;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

/// <summary>Encoding with and without the 8-bit screen. Uniform random vectors: many candidates for each active latent.</summary>
public class ScreenedEncodeBenchmark : KernelBenchmark, IDisposable
{
    private const int Tokens = 512;
    private const int Width = 768;
    private const int Latents = 16_384;

    /// <summary>Share of the values' spread above which 0.2 % of the pre-activations lie: 33 of 16,384.</summary>
    private const float Floor = 2.88f;

    private readonly WorkTeam _team = new(1);
    private readonly Matrix _x = Values(Tokens, Width);
    private readonly Matrix _weights = Values(Latents, Width);
    private readonly float[] _bias = new float[Latents];
    private readonly float[] _floors = new float[Latents];
    private readonly SparseActivations _result = new(Latents);
    private readonly ScreenedEncode _kernel = new();

    /// <summary>Values are uniform in (−1, 1): a pre-activation has variance d / 9.</summary>
    public ScreenedEncodeBenchmark() => _floors.AsSpan().Fill(Floor * MathF.Sqrt(Width / 9f));

    /// <summary>Gets or sets whether the screen is used.</summary>
    [Params(false, true)]
    public bool Screens { get; set; }

    public override double Flops => 2.0 * Tokens * Width * Latents;

    [GlobalSetup]
    public void Choose() => _kernel.Mode = Screens ? ScreenMode.Always : ScreenMode.Never;

    [Benchmark]
    public void Encode() => _kernel.Encode(_team, _x, _weights, _bias, _floors, _result);

    public void Dispose()
    {
        _kernel.Dispose();
        _team.Dispose();
        _x.Dispose();
        _weights.Dispose();
        GC.SuppressFinalize(this);
    }
}
