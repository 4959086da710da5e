using System.Numerics.Tensors;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>
/// A norm with its weights: layer norm (x − mean)/√(var + eps)·w + b with var ÷ n, or RMS x/√(mean x² + eps)·w. Sums over the fixed
/// lanes of <see cref="Reductions"/>; the rest element by element.
/// </summary>
internal sealed partial class Norm
{
    private readonly float _epsilon;

    /// <param name="kind">How; <see cref="NormKind.RmsPlusOne"/> adds 1 to the gain here, once.</param>
    /// <param name="gain">w, as wide as a row.</param>
    /// <param name="bias">b, or null.</param>
    /// <param name="epsilon">eps.</param>
    public Norm(NormKind kind, float[] gain, float[]? bias, double epsilon)
    {
        IsCentred = kind == NormKind.LayerNorm;
        Gain = gain;
        if (kind == NormKind.RmsPlusOne)
        {
            TensorPrimitives.Add(gain, 1f, Gain);
        }

        Bias = bias;
        _epsilon = (float)epsilon;
    }

    public bool IsCentred { get; }

    public float[] Gain { get; }

    public float[]? Bias { get; }

    /// <summary>Norms one row.</summary>
    /// <param name="x">The row.</param>
    /// <param name="y">The result; may be <paramref name="x"/>.</param>
    public void Apply(ReadOnlySpan<float> x, Span<float> y)
    {
        Standardise(x, y);
        TensorPrimitives.Multiply(y, Gain, y);
        if (Bias is not null)
        {
            TensorPrimitives.Add(y, Bias, y);
        }
    }

    /// <summary>The norm without gain and bias.</summary>
    /// <param name="x">The row.</param>
    /// <param name="y">The result; may be <paramref name="x"/>.</param>
    /// <returns>What the (centred) row was multiplied by.</returns>
    public float Standardise(ReadOnlySpan<float> x, Span<float> y)
    {
        ReadOnlySpan<float> centred = x;
        if (IsCentred)
        {
            TensorPrimitives.Subtract(x, Reductions.Sum(x) / x.Length, y);
            centred = y;
        }

        float scale = 1 / MathF.Sqrt((Reductions.SumOfSquares(centred) / x.Length) + _epsilon);
        TensorPrimitives.Multiply(centred, scale, y);
        return scale;
    }
}
