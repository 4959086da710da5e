using BenchmarkDotNet.Attributes;
using Saltus.Kernels;

namespace Saltus.Benchmarks;

public class Int8TileBenchmark : VariantBenchmark
{
    /// <summary>Groups of 32: d = 768.</summary>
    private const int Groups = 24;
    private const int Words = Groups * Int8Layout.Words;

    /// <summary>Four bytes of a word: small, so that no pair of products leaves 16 bits.</summary>
    private const int Word = 0x21_13_05_3A;

    private readonly int[] _weights = [.. Enumerable.Repeat(Word, Int8Tile.Latents * Words)];
    private readonly int[] _offsets = new int[Int8Tile.Latents * Groups];
    private readonly int[] _panel = [.. Enumerable.Repeat(Word, Int8Tile.Tokens * Words)];
    private readonly int[] _sums = new int[Int8Tile.Latents * Int8Tile.Tokens];

    public override double Flops => 2.0 * Int8Tile.Latents * Int8Tile.Tokens * Words * sizeof(int);

    [Benchmark]
    public void Compute() => Int8Tile.Compute(Groups, _weights, _offsets, _panel, _sums);
}
