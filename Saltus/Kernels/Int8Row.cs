namespace Saltus.Kernels;

/// <summary>
/// What is known of a vector v and its integers q, v ≈ scale · q. The norms are upper bounds: rounded up, and infinite where v holds
/// a value that is not finite or could overflow a product.
/// </summary>
/// <param name="Scale">Value of one unit; 0 where q is zero.</param>
/// <param name="Norm">At least ‖v‖.</param>
/// <param name="QuantizedNorm">At least ‖scale · q‖.</param>
/// <param name="Residual">At least ‖v − scale · q‖.</param>
internal readonly record struct Int8Row(float Scale, float Norm, float QuantizedNorm, float Residual)
{
    /// <summary>Gets what is said of a vector about which nothing can be proven.</summary>
    public static Int8Row Unbounded => new(0, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity);
}
