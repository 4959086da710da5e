using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>Gemma Scope's start: decoder rows uniform, scaled to norm 1; encoder its transpose, of a transcoder drawn alike; biases and skip connection 0.</summary>
public static class Initialization
{
    /// <summary>Sets weights and biases; thresholds are the method's.</summary>
    /// <param name="parameters">What to set.</param>
    /// <param name="seed">The run's seed.</param>
    public static void Set(SaeParameters parameters, long seed)
    {
        Clear(parameters);
        RandomSource random = new(seed, "init");
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            Span<float> row = parameters.DecoderWeights.Row(latent);
            Draw(random, row);
            if (parameters.HasTarget)
            {
                Draw(random, parameters.EncoderWeights.Row(latent));
            }
            else
            {
                row.CopyTo(parameters.EncoderWeights.Row(latent));
            }
        }
    }

    /// <summary>Sets biases to 0.</summary>
    /// <param name="parameters">What to set.</param>
    internal static void Clear(SaeParameters parameters)
    {
        Array.Clear(parameters.EncoderBias);
        Array.Clear(parameters.DecoderBias);
        foreach (float[] extra in parameters.Extras)
        {
            Array.Clear(extra);
        }
    }

    /// <summary>Brings all encoder and decoder rows to another norm.</summary>
    /// <param name="parameters">Rows have norm 1.</param>
    /// <param name="norm">The norm.</param>
    internal static void Scale(SaeParameters parameters, double norm)
    {
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            foreach (ref float value in parameters.DecoderWeights.Row(latent))
            {
                value = (float)(value * norm);
            }

            foreach (ref float value in parameters.EncoderWeights.Row(latent))
            {
                value = (float)(value * norm);
            }
        }
    }

    /// <summary>Draws a row from U(−bound, bound).</summary>
    /// <param name="random">The run's stream for starts.</param>
    /// <param name="row">Overwritten.</param>
    /// <param name="bound">Largest magnitude.</param>
    internal static void DrawUniform(RandomSource random, Span<float> row, double bound)
    {
        foreach (ref float value in row)
        {
            value = (float)(((2 * random.NextDouble()) - 1) * bound);
        }
    }

    private static void Draw(RandomSource random, Span<float> row)
    {
        DrawUniform(random, row, 1);
        Normalize(row);
    }

    /// <summary>Brings a vector to norm 1; a zero vector stays.</summary>
    /// <param name="row">Changed in place.</param>
    internal static void Normalize(Span<float> row)
    {
        float norm = MathF.Sqrt(Reductions.Dot(row, row));
        if (norm > 0)
        {
            TensorPrimitives.Divide(row, norm, row);
        }
    }
}
