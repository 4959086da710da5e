using System.Diagnostics;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Benchmarks;

/// <summary>The 8-bit screen against the float32 product in one run: encode-only and the training step, with the candidates that it leaves.</summary>
internal static class ScreenBenchmark
{
    private const int Repeats = 5;

    public static void Run(TextWriter output, int threads, int rows = 4096, int latents = 16384, int width = 768)
    {
        using WorkTeam team = new(threads);
        RandomSource random = new(1, "benchmark");
        using SaeParameters parameters = new(latents, width);
        Initialization.Set(parameters, 1);
        using ActivationBatch batch = new(rows, width);
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)(((2 * random.NextDouble()) - 1) * Math.Sqrt(3.0 / width));
        }

        batch.Count = rows;
        Measure(output, team, parameters, batch);
    }

    public static void Measure(TextWriter output, WorkTeam team, SaeParameters parameters, ActivationBatch batch)
    {
        double pairs = (double)batch.Count * parameters.Latents;
        using ThresholdEncode plain = new();
        using ScreenedEncode screened = new() { Mode = ScreenMode.Always };
        SparseActivations result = new(parameters.Latents);
        float[] none = new float[parameters.Latents];
        none.AsSpan().Fill(float.PositiveInfinity);
        double product = Median(() => plain.Encode(team, batch.Vectors, parameters.EncoderWeights, parameters.EncoderBias, none, result));
        output.WriteLine($"[{batch.Count}, {parameters.Width}] × {parameters.Latents}: product {product * 1e3:F1} ms, {2 * pairs * parameters.Width / product / 1e9:F1} GFLOP/s");
        double screen = Median(() => screened.Encode(team, batch.Vectors, parameters.EncoderWeights, parameters.EncoderBias, none, result));
        output.WriteLine($"  screen without candidates: {screen / product:F3} × the product");
        foreach (double l0 in new[] { 32.0, 64.0 })
        {
            float[] floors = new float[parameters.Latents];
            floors.AsSpan().Fill(Cut(team, parameters, batch, l0));
            double encode = Median(() => screened.Encode(team, batch.Vectors, parameters.EncoderWeights, parameters.EncoderBias, floors, result));
            output.WriteLine(
                $"  encode at L0 {result.L0:F1}: {encode / product:F3} × the product, {(double)screened.Candidates / result.Count:F2} candidates an active latent, " +
                $"{screened.Apart} columns apart");
            foreach (ScreenMode mode in new[] { ScreenMode.Never, ScreenMode.Automatic })
            {
                JumpReluMethod method = new(new JumpReluOptions { LogThreshold = false, TargetL0 = l0, SharedCutSteps = int.MaxValue });
                using Trainer trainer = new(team, parameters, method, new TrainerOptions { LearningRate = 1e-6 }) { Screening = mode };
                trainer.Step(batch);
                trainer.Step(batch);
                TrainingStep last = trainer.Step(batch);
                double step = Median(() => last = trainer.Step(batch));
                output.WriteLine($"  step at L0 {last.L0:F1}, {last.Candidates:F0} above the floor, {mode}: {step / product:F3} × the product");
            }
        }
    }

    /// <summary>The value that l0 latents a token exceed on average over the batch's first vectors.</summary>
    private static float Cut(WorkTeam team, SaeParameters parameters, ActivationBatch batch, double l0)
    {
        const int Sample = 256;
        using Matrix some = Matrix.FromRows(Sample, parameters.Width, batch.Vectors.RowRange(0, Sample));
        using Matrix pre = new(Sample, parameters.Latents);
        MatMul.Multiply(team, some, new MatrixRows(parameters.EncoderWeights), pre);
        float[] values = pre.Span.ToArray();
        Array.Sort(values);
        return values[^(int)(l0 * Sample)];
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
}
