namespace Saltus.Training;

/// <summary>Values and supports of the band kernels.</summary>
internal static class BandKernels
{
    private const double InverseRootTwoPi = 0.39894228040143267794;

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
            BandKernel.Gaussian => (float)(Math.Exp(-0.5 * u * u) * InverseRootTwoPi),
            _ => throw new ArgumentOutOfRangeException(nameof(kernel)),
        };
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
}
