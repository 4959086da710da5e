using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Tests.Training;

namespace Saltus.Tests.Kernels;

/// <summary>The same bits at every vector width: the width is fixed when a process starts, so other widths are other processes.</summary>
public class WidthBitsTests
{
    [Theory]
    [InlineData("128", "0", 4)]
    [InlineData("256", "0", 8)]
    [InlineData("128", "1", 4)]
    [InlineData("512", "1", 16)]
    public async Task Training_evaluation_and_language_model_have_the_same_bits_at_another_width(string bits, string wide, int lanes)
    {
        string[] lines = await OwnProcess.RunAsync(
            typeof(WidthBitsTests), nameof(Bits_can_be_computed),
            ("DOTNET_MaxVectorTBitWidth", bits), ("DOTNET_EnableAVX512", wide), ("SALTUS_EXPECT_LANES", null));
        if (System.Runtime.Intrinsics.X86.Avx512F.IsSupported)
        {
            Assert.Equal($"lanes {lanes}", lines[0]);
        }

        Assert.Equal(Compute(), lines[1..]);
    }

    [Fact]
    public void Bits_can_be_computed()
    {
        string[] bits = Compute();
        Assert.Equal(SomeMethods.Names.Count + 2, bits.Length);
        if (OwnProcess.LinesFile is string file)
        {
            File.WriteAllLines(file, [$"lanes {Vector<float>.Count}", .. bits]);
        }
    }

    private static string[] Compute() =>
        [.. SomeMethods.Names.Select(name => $"{name} {Hash(EngineDeterminismTests.TrainSome(name, 1, threads: 2))}"), $"evaluation {Evaluation()}", $"model {Model()}"];

    private static string Evaluation()
    {
        RandomSource random = new(1, "bits");
        using WorkTeam team = new(2);
        using Matrix x = MatMulTests.Draw(300, 50, random);
        using Matrix y = MatMulTests.Draw(300, 50, random);
        using SparseAutoencoder sae = new(
            MatMulTests.Draw(90, 50, random), new float[90], MatMulTests.Draw(90, 50, random), new float[50], new JumpReluActivation(new float[90]));
        ReconstructionAccumulator accumulator = new(50, 90);
        accumulator.Add(team, x, sae.Encode(team, x), y);
        ReconstructionMetrics metrics = accumulator.Result();
        return Hash(MemoryMarshal.AsBytes<double>(
            [metrics.Fvu, metrics.Cosine, metrics.NormRatio, metrics.L0, metrics.L1, metrics.MeanSquaredError, metrics.ExplainedVarianceOfResidual]));
    }

    private static string Model()
    {
        using WorkTeam team = new(2);
        using LanguageModel model = LanguageModel.Load(Path.Combine(Fixtures.Repository, "models", "sample-lm"));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        TokenBatch batch = new([[.. Enumerable.Range(5, 50)], [.. Enumerable.Range(300, 21)]]);
        model.Run(team, batch, new ModelRun { Taps = [], Logits = (_, _, logits) => hash.AppendData(MemoryMarshal.AsBytes(logits.Span)) });
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
