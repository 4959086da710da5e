using System.Numerics;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>The slope of a soft cap c·tanh(x/c) from its value y: 1 − (y/c)².</summary>
/// <param name="cap">The bound c.</param>
internal readonly struct CapSlope(float cap) : IVectorFunction
{
    private readonly float _inverse = 1 / cap;

    /// <inheritdoc/>
    public Vector<float> Invoke(Vector<float> x)
    {
        Vector<float> share = x * new Vector<float>(_inverse);
        return Vector.FusedMultiplyAdd(-share, share, Vector<float>.One);
    }
}
