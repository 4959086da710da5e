using System.Numerics.Tensors;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>The starts of other tools that are not Gemma Scope's.</summary>
internal static class LibraryStart
{
    /// <summary>Inputs of 10,000 on which a latent of Anthropic's start fires, times M.</summary>
    private const double FiringScale = 10_000;

    /// <summary>Random vectors from which OpenAI's start takes the encoder's scale.</summary>
    private const int ScaleVectors = 256;

    /// <summary>Sets weights and biases; thresholds are the method's.</summary>
    /// <param name="parameters">What to set.</param>
    /// <param name="defaults">Of the tool.</param>
    /// <param name="run">Completed.</param>
    /// <param name="data">What the first vectors say.</param>
    public static void Set(SaeParameters parameters, LibraryDefaults defaults, RunConfiguration run, StartData data)
    {
        switch (defaults.Weights)
        {
            case WeightStart.LinearEncoder:
                Uniform(parameters, run.Seed, 1 / Math.Sqrt(parameters.Width));
                break;
            case WeightStart.Kaiming:
                Uniform(parameters, run.Seed, Math.Sqrt(6.0 / parameters.Latents));
                break;
            case WeightStart.Anthropic:
                Anthropic(parameters, run, data);
                break;
            default:
                Initialization.Set(parameters, run.Seed);
                Initialization.Scale(parameters, defaults.DecoderNorm);
                break;
        }

        switch (defaults.Bias)
        {
            case BiasStart.Mean:
                data.Mean.ToArray().CopyTo(parameters.DecoderBias, 0);
                break;
            case BiasStart.GeometricMedian:
                data.GeometricMedian().CopyTo(parameters.DecoderBias, 0);
                break;
            default:
                break;
        }

        if (defaults.ScalesEncoder && !parameters.HasTarget)
        {
            ScaleEncoder(parameters, run);
        }

        if (defaults.ZeroTranscoder && parameters.HasTarget)
        {
            ZeroDecoder(parameters, data);
        }
    }

    /// <summary>Encoder rows uniform, decoder rows the same at norm 1, of a transcoder drawn alike.</summary>
    private static void Uniform(SaeParameters parameters, long seed, double bound)
    {
        Initialization.Clear(parameters);
        RandomSource random = new(seed, "init");
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            Span<float> encoder = parameters.EncoderWeights.Row(latent);
            Span<float> decoder = parameters.DecoderWeights.Row(latent);
            Initialization.DrawUniform(random, encoder, bound);
            if (parameters.HasTarget)
            {
                Initialization.DrawUniform(random, decoder, 1);
            }
            else
            {
                encoder.CopyTo(decoder);
            }

            Initialization.Normalize(decoder);
        }
    }

    /// <summary>sparsify's transcoders: a decoder of zeros, and biases by which the mean input is encoded as 0.</summary>
    private static void ZeroDecoder(SaeParameters parameters, StartData data)
    {
        float[] mean = [.. data.InputMean];
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            parameters.DecoderWeights.Row(latent).Clear();
            parameters.EncoderBias[latent] = -Reductions.Dot(parameters.EncoderWeights.Row(latent), mean);
        }
    }

    /// <summary>Divides the encoder by the mean norm with which random vectors of norm 1, b_dec added, come out less b_dec.</summary>
    private static void ScaleEncoder(SaeParameters parameters, RunConfiguration run)
    {
        RandomSource random = new(run.Seed, "encoder scale");
        int width = parameters.Width;
        int k = (int)Math.Min(run.L0!.Value, parameters.Latents);
        float[] x = new float[width];
        float[] output = new float[parameters.OutputWidth];
        float[] pre = new float[parameters.Latents];
        float[] sorted = new float[parameters.Latents];
        double sum = 0;
        for (int vector = 0; vector < ScaleVectors; vector++)
        {
            foreach (ref float value in x.AsSpan())
            {
                value = (float)NormalDistribution.Quantile(Math.Max(random.NextDouble(), double.Epsilon));
            }

            Initialization.Normalize(x);
            for (int latent = 0; latent < pre.Length; latent++)
            {
                pre[latent] = Reductions.Dot(parameters.EncoderWeights.Row(latent), x);
            }

            pre.CopyTo(sorted, 0);
            float cut = Math.Max(OrderStatistics.Largest(sorted, k), 0);
            Array.Clear(output);
            for (int latent = 0; latent < pre.Length; latent++)
            {
                if (pre[latent] >= cut)
                {
                    Axpy.Add(pre[latent], parameters.DecoderWeights.Row(latent), output);
                }
            }

            sum += Math.Sqrt(Reductions.Dot(output, output));
        }

        for (int latent = 0; latent < pre.Length; latent++)
        {
            foreach (ref float value in parameters.EncoderWeights.Row(latent))
            {
                value = (float)(value * ScaleVectors / sum);
            }
        }
    }

    private static void Anthropic(SaeParameters parameters, RunConfiguration run, StartData data)
    {
        Initialization.Clear(parameters);
        RandomSource random = new(run.Seed, "init");
        int width = parameters.Width;
        float ratio = (float)width / parameters.Latents;
        float[] first = parameters.HasTarget ? [] : data.FirstBatch();
        float[] products = new float[first.Length / width];
        int firing = (int)Math.Clamp(FiringScale / parameters.Latents * products.Length, 1, Math.Max(1, products.Length));
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            Span<float> decoder = parameters.DecoderWeights.Row(latent);
            Span<float> encoder = parameters.EncoderWeights.Row(latent);
            Initialization.DrawUniform(random, decoder, 1 / Math.Sqrt(decoder.Length));
            if (parameters.HasTarget)
            {
                Initialization.DrawUniform(random, encoder, ratio / Math.Sqrt(encoder.Length));
                continue;
            }

            TensorPrimitives.Multiply(decoder, ratio, encoder);
            for (int row = 0; row < products.Length; row++)
            {
                products[row] = Reductions.Dot(encoder, first.AsSpan(row * width, width));
            }

            if (products.Length > 0)
            {
                parameters.EncoderBias[latent] = (float)run.InitialThreshold!.Value - OrderStatistics.Largest(products, firing);
            }
        }
    }
}
