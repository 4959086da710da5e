using System.Numerics.Tensors;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <content>
/// x̂ = s·(x − mean), g = gradient ⊙ w: dx = s·(g − mean(g) − x̂·mean(g ⊙ x̂)); without the means of x and g where the norm does not centre.
/// </content>
internal sealed partial class Norm
{
    /// <summary>Computes the gradient with respect to what was normed.</summary>
    /// <param name="x">The row that was normed.</param>
    /// <param name="gradient">Gradient of the norm's output.</param>
    /// <param name="result">Overwritten; may be <paramref name="gradient"/> or <paramref name="x"/>.</param>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gradient, Span<float> result)
    {
        Span<float> standardised = Workspace.Take(x.Length, slot: 2);
        float scale = Standardise(x, standardised);
        TensorPrimitives.Multiply(gradient, Gain, result);
        float along = Reductions.Dot(result, standardised) / x.Length;
        float mean = IsCentred ? Reductions.Sum(result) / x.Length : 0;
        Axpy.Add(-along, standardised, result);
        if (IsCentred)
        {
            TensorPrimitives.Subtract(result, mean, result);
        }

        TensorPrimitives.Multiply(result, scale, result);
    }
}
