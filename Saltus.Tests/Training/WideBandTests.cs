using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Bands looked at as a whole, by two dense products, against the same bands as lists of candidates.</summary>
public class WideBandTests
{
    /// <summary>Sums of 150 float32 products of size 1 over batches and levels, in another order, for 25 steps at learning rates of 3e-3.</summary>
    private const float Tolerance = 2e-5f;

    private const int Latents = 200;
    private const int Width = 20;
    private const int Rows = 150;
    private const int Steps = 25;

    public static TheoryData<string> Cases => [.. s_methods.Keys];

    private static readonly JumpReluOptions s_plain = new() { LogThreshold = false, InitialThreshold = 0.2, RelativeBandwidth = 2, Lambda = 1e-3, TargetL0 = 12 };

    private static readonly Dictionary<string, JumpReluOptions> s_methods = new()
    {
        ["rectangle"] = s_plain,
        ["gaussian, target"] = s_plain with { Kernel = BandKernel.Gaussian, RelativeBandwidth = 0.3, Penalty = SparsityPenalty.TargetL0 },
        ["triangle, quadratic"] = s_plain with { Kernel = BandKernel.Triangle, Penalty = SparsityPenalty.QuadraticL0 },
        ["epanechnikov, frequency"] = s_plain with { Kernel = BandKernel.Epanechnikov, Penalty = SparsityPenalty.Frequency },
        ["log, tanh"] = s_plain with { LogThreshold = true, Penalty = SparsityPenalty.Tanh },
        ["tanh, dead ones pre-activated"] = s_plain with { Penalty = SparsityPenalty.Tanh, PreActivationCoefficient = 1e-2, PreActivationDeadOnly = true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_band_seen_as_a_whole_moves_what_its_list_moves(string name)
    {
        foreach ((int levels, int? outputs) in new (int, int?)[] { (1, null), (3, null), (1, Width + 5) })
        {
            float[] whole = Train(s_methods[name], levels, outputs, threads: 3, wide: true);
            float[] list = Train(s_methods[name], levels, outputs, threads: 1, wide: false);
            for (int i = 0; i < whole.Length; i++)
            {
                string found = $"{name}, {levels} levels, outputs {outputs}, element {i}: {whole[i]} as a whole, {list[i]} as a list";
                Assert.True(Math.Abs(whole[i] - list[i]) <= Tolerance, found);
            }
        }
    }

    [Fact]
    public void Bands_down_to_zero_are_seen_as_a_whole_and_narrow_ones_are_not()
    {
        Assert.True(IsWide(s_plain));
        Assert.True(IsWide(s_plain with { Kernel = BandKernel.Gaussian, RelativeBandwidth = 0.01 }));
        Assert.False(IsWide(s_plain with { RelativeBandwidth = 0.2 }));
        Assert.False(IsWide(s_plain with { EstimatorToInput = true }));
    }

    private static bool IsWide(JumpReluOptions options)
    {
        using WorkTeam team = new(1);
        using SaeParameters parameters = new(Latents, Width);
        JumpReluMethod method = new(options);
        using Trainer trainer = new(team, parameters, method, new TrainerOptions());
        using ActivationBatch batch = new(Rows, Width) { Count = Rows };
        trainer.Step(batch);
        return method.IsWide;
    }

    private static float[] Train(JumpReluOptions options, int levels, int? outputs, int threads, bool wide)
    {
        using WorkTeam team = new(threads);
        using SaeParameters parameters = new(Latents, Width, outputs);
        Initialization.Set(parameters, 1);
        JumpReluMethod method = new(options) { ForceWide = wide };
        TrainerOptions shared = new() { LearningRate = 3e-3, Schedule = new LearningRateSchedule(WarmupShape.Linear, 0), DeadAfter = 400, PreEncoderBias = outputs is null };
        shared = levels == 1 ? shared : shared with { Prefixes = [new LatentPrefix(30, 1), new LatentPrefix(90, 0.5), new LatentPrefix(Latents, 1)] };
        using Trainer trainer = new(team, parameters, method, shared);
        RandomSource random = new(1, "data");
        using ActivationBatch batch = new(Rows, parameters.BatchWidth) { Count = Rows };
        for (int step = 0; step < Steps; step++)
        {
            foreach (ref float value in batch.Vectors.Span)
            {
                value = (float)((2 * random.NextDouble()) - 1) * 0.4f;
            }

            trainer.Step(batch);
            Assert.Equal(wide, method.IsWide);
        }

        return [.. parameters.Threshold, .. parameters.EncoderWeights.Span, .. parameters.DecoderWeights.Span, .. parameters.EncoderBias];
    }
}
