using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>The starts of other tools that are not Gemma Scope's.</summary>
internal static class LibraryStart
{
    /// <summary>Inputs of 10,000 on which a latent of Anthropic's start fires, times M.</summary>
    private const double FiringScale = 10_000;

    /// <summary>Sets weights and biases; thresholds are the method's.</summary>
    /// <param name="parameters">What to set.</param>
    /// <param name="defaults">Of the tool.</param>
    /// <param name="run">Completed.</param>
    /// <param name="data">What the first vectors say.</param>
    public static void Set(SaeParameters parameters, LibraryDefaults defaults, RunConfiguration run, StartData data)
    {
        Initialization.Set(parameters, run.Seed);
        switch (defaults.Weights)
        {
            case WeightStart.LinearEncoder:
                LinearEncoder(parameters, run.Seed);
                break;
            case WeightStart.Anthropic:
                Anthropic(parameters, run, data);
                break;
            default:
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
    }

    private static void LinearEncoder(SaeParameters parameters, long seed)
    {
        RandomSource random = new(seed, "init");
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            Span<float> encoder = parameters.EncoderWeights.Row(latent);
            Initialization.DrawUniform(random, encoder, 1 / Math.Sqrt(encoder.Length));
            if (!parameters.HasTarget)
            {
                Span<float> decoder = parameters.DecoderWeights.Row(latent);
                encoder.CopyTo(decoder);
                Initialization.Normalize(decoder);
            }
        }
    }

    private static void Anthropic(SaeParameters parameters, RunConfiguration run, StartData data)
    {
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
