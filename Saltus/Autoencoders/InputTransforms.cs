using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>Applies and undoes the per-token transforms; sums in double, in index order.</summary>
internal static class InputTransforms
{
    private const double LayerNormEpsilon = 1e-5;

    /// <summary>Computes the transformed copy of vectors.</summary>
    /// <param name="transform">Which one.</param>
    /// <param name="x">[B, d].</param>
    /// <returns>[B, d]; the caller disposes it.</returns>
    public static Matrix Apply(InputTransform transform, Matrix x)
    {
        Matrix result = x.Clone();
        for (int row = 0; row < x.Rows; row++)
        {
            Apply(transform, result.Row(row));
        }

        return result;
    }

    /// <summary>Transforms a vector in place.</summary>
    /// <param name="transform">Which one.</param>
    /// <param name="x">[d].</param>
    public static void Apply(InputTransform transform, Span<float> x)
    {
        if (transform == InputTransform.None)
        {
            return;
        }

        (double scale, double shift) = Statistics(transform, x, goingIn: true);
        foreach (ref float value in x)
        {
            value = (float)((value - shift) / scale);
        }
    }

    /// <summary>Undoes the transform on outputs, in place.</summary>
    /// <param name="transform">Which one.</param>
    /// <param name="x">The vectors that went in, [B, d].</param>
    /// <param name="output">[B, d].</param>
    public static void Undo(InputTransform transform, Matrix x, Matrix output)
    {
        for (int row = 0; transform != InputTransform.None && row < x.Rows; row++)
        {
            (double scale, double shift) = Statistics(transform, x.Row(row), goingIn: false);
            foreach (ref float value in output.Row(row))
            {
                value = (float)((value * scale) + shift);
            }
        }
    }

    /// <summary>Computes what outputs are multiplied by when the transform is undone.</summary>
    /// <param name="transform">Which one.</param>
    /// <param name="x">The vector that went in, [d].</param>
    /// <returns>The factor; 1 without a transform.</returns>
    public static double OutputScale(InputTransform transform, ReadOnlySpan<float> x) =>
        transform == InputTransform.None ? 1 : Statistics(transform, x, goingIn: false).Scale;

    private static (double Scale, double Shift) Statistics(InputTransform transform, ReadOnlySpan<float> x, bool goingIn)
    {
        double sum = 0;
        double squares = 0;
        foreach (float value in x)
        {
            sum += value;
            squares += (double)value * value;
        }

        if (transform == InputTransform.ConstantNorm)
        {
            return (Math.Sqrt(squares / x.Length), 0);
        }

        double mean = sum / x.Length;
        double variance = 0;
        foreach (float value in x)
        {
            variance += (value - mean) * (value - mean);
        }

        double deviation = Math.Sqrt(variance / (x.Length - 1));
        bool withEpsilon = goingIn || transform == InputTransform.LayerNormExact;
        return (withEpsilon ? deviation + LayerNormEpsilon : deviation, mean);
    }
}
