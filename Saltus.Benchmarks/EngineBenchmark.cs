using System.Diagnostics;
using System.Numerics;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Benchmarks;

/// <summary>This machine's floors and the engine's place above them, in one run: ratios, since times of different runs do not compare.</summary>
internal static class EngineBenchmark
{
    private const int Repeats = 7;

    public static void Run(TextWriter output, int threads)
    {
        using WorkTeam team = new(threads);
        output.WriteLine($"{threads} threads, Vector<float> of {Vector<float>.Count} lanes, medians of {Repeats}");
        double peak = Peak() * threads;
        output.WriteLine($"peak of fused multiply-adds: {peak:F1} GFLOP/s");
        foreach ((int rows, int latents, int width) in new[] { (2048, 2048, 256), (4096, 16384, 768) })
        {
            Measure(output, team, peak, rows, latents, width);
        }
    }

    private static void Measure(TextWriter output, WorkTeam team, double peak, int rows, int latents, int width)
    {
        RandomSource random = new(1, "benchmark");
        using SaeParameters parameters = new(latents, width);
        Initialization.Set(parameters, 1);
        using ActivationBatch batch = new(rows, width);
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)(((2 * random.NextDouble()) - 1) * Math.Sqrt(3.0 / width));
        }

        batch.Count = rows;
        double flops = 2.0 * rows * latents * width;
        using ThresholdEncode kernel = new();
        SparseActivations nothing = new(latents);
        float[] floors = new float[latents];
        floors.AsSpan().Fill(float.PositiveInfinity);
        double product = Median(() => kernel.Encode(team, batch.Vectors, parameters.EncoderWeights, parameters.EncoderBias, floors, nothing));
        output.WriteLine($"[{rows}, {width}] × [{width}, {latents}]: product alone {product * 1e3:F1} ms, {flops / product / 1e9:F1} GFLOP/s, {flops / product / 1e9 / peak:P0} of the peak");
        foreach (double l0 in new[] { 32.0, 64.0 })
        {
            JumpReluMethod method = new(new JumpReluOptions { LogThreshold = false, TargetL0 = l0, SharedCutSteps = int.MaxValue });
            using Trainer trainer = new(team, parameters, method, new TrainerOptions { LearningRate = 1e-6 });
            trainer.Step(batch);
            double step = Median(() => trainer.Step(batch));
            output.WriteLine($"  step at L0 {l0}: {step / product:F2} × the product, {rows / step:F0} tokens/s");
        }
    }

    private static double Median(Action action)
    {
        double[] seconds = new double[Repeats];
        action();
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Repeats / 2];
    }

    /// <summary>Ten independent chains of fused multiply-adds on one core, best of many: GFLOP/s.</summary>
    private static double Peak()
    {
        const int Loops = 1_000_000;
        double best = 0;
        for (int repeat = 0; repeat < 30; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            float sum = Chains(Loops);
            double rate = Loops * 10.0 * Vector<float>.Count * 2 / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
            best = float.IsNaN(sum) ? best : Math.Max(best, rate);
        }

        return best;
    }

    private static float Chains(int loops)
    {
        Vector<float> a = new(0.999f), b = new(0.001f);
        Vector<float> v0 = b, v1 = b, v2 = b, v3 = b, v4 = b, v5 = b, v6 = b, v7 = b, v8 = b, v9 = b;
        for (int i = 0; i < loops; i++)
        {
            v0 = Vector.FusedMultiplyAdd(v0, a, b);
            v1 = Vector.FusedMultiplyAdd(v1, a, b);
            v2 = Vector.FusedMultiplyAdd(v2, a, b);
            v3 = Vector.FusedMultiplyAdd(v3, a, b);
            v4 = Vector.FusedMultiplyAdd(v4, a, b);
            v5 = Vector.FusedMultiplyAdd(v5, a, b);
            v6 = Vector.FusedMultiplyAdd(v6, a, b);
            v7 = Vector.FusedMultiplyAdd(v7, a, b);
            v8 = Vector.FusedMultiplyAdd(v8, a, b);
            v9 = Vector.FusedMultiplyAdd(v9, a, b);
        }

        return Vector.Sum(v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9);
    }
}
