using System.Numerics;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>Values and supports of the band kernels.</summary>
internal static class BandKernels
{
    private const float InverseRootTwoPi = 0.398942280f;

    /// <summary>Gets K(u).</summary>
    /// <param name="kernel">Which.</param>
    /// <param name="u">(π − θ) / ε.</param>
    /// <returns>The density, 0 at the edges (strict).</returns>
    public static float Value(BandKernel kernel, float u)
    {
        float distance = MathF.Abs(u);
        return kernel switch
        {
            BandKernel.Rectangle => distance < 0.5f ? 1 : 0,
            BandKernel.Triangle => MathF.Max(0, 1 - distance),
            BandKernel.Epanechnikov => 0.75f * MathF.Max(0, 1 - (distance * distance)),
            BandKernel.Gaussian => Gaussian(new Vector<float>(u))[0],
            _ => throw new ArgumentOutOfRangeException(nameof(kernel)),
        };
    }

    /// <summary>Puts K((π − θ) / ε) in the place of each π.</summary>
    /// <param name="kernel">Which.</param>
    /// <param name="theta">θ.</param>
    /// <param name="bandwidth">ε.</param>
    /// <param name="pre">π; overwritten.</param>
    public static void Weigh(BandKernel kernel, float theta, float bandwidth, Span<float> pre)
    {
        switch (kernel)
        {
            case BandKernel.Rectangle:
                Elementary.Apply(new RectangleFunction(theta, bandwidth), pre, pre);
                break;
            case BandKernel.Triangle:
                Elementary.Apply(new TriangleFunction(theta, bandwidth), pre, pre);
                break;
            case BandKernel.Epanechnikov:
                Elementary.Apply(new EpanechnikovFunction(theta, bandwidth), pre, pre);
                break;
            case BandKernel.Gaussian:
                Elementary.Apply(new GaussianFunction(theta, bandwidth), pre, pre);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kernel));
        }
    }

    /// <summary>Gets how far from the threshold K reaches, in bandwidths.</summary>
    /// <param name="kernel">Which.</param>
    /// <returns>½, 1 or ∞.</returns>
    public static float Support(BandKernel kernel) => kernel switch
    {
        BandKernel.Rectangle => 0.5f,
        BandKernel.Gaussian => float.PositiveInfinity,
        _ => 1,
    };

    private static Vector<float> Gaussian(Vector<float> u) => new Vector<float>(InverseRootTwoPi) * Elementary.Exp(new Vector<float>(-0.5f) * u * u);

    private static Vector<float> Distance(Vector<float> pre, float theta, float bandwidth) =>
        Vector.Abs((pre - new Vector<float>(theta)) / new Vector<float>(bandwidth));

    private readonly struct RectangleFunction(float theta, float bandwidth) : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.ConditionalSelect(
            Vector.LessThan(Distance(x, theta, bandwidth), new Vector<float>(0.5f)), Vector<float>.One, Vector<float>.Zero);
    }

    private readonly struct TriangleFunction(float theta, float bandwidth) : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Vector.Max(Vector<float>.Zero, Vector<float>.One - Distance(x, theta, bandwidth));
    }

    private readonly struct EpanechnikovFunction(float theta, float bandwidth) : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> distance = Distance(x, theta, bandwidth);
            return new Vector<float>(0.75f) * Vector.Max(Vector<float>.Zero, Vector<float>.One - (distance * distance));
        }
    }

    private readonly struct GaussianFunction(float theta, float bandwidth) : IVectorFunction
    {
        public Vector<float> Invoke(Vector<float> x) => Gaussian(Distance(x, theta, bandwidth));
    }
}
