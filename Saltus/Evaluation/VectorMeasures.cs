namespace Saltus.Evaluation;

/// <summary>What is measured on one vector x and its reconstruction x̂; all sums in double, in index order.</summary>
/// <param name="Active">The number of latents with f ≠ 0.</param>
/// <param name="ActivationSum">Σ |f|.</param>
/// <param name="InputSquared">‖x‖².</param>
/// <param name="OutputSquared">‖x̂‖².</param>
/// <param name="Product">x · x̂.</param>
/// <param name="ErrorSquared">‖x − x̂‖².</param>
public readonly record struct VectorMeasures(
    int Active,
    double ActivationSum,
    double InputSquared,
    double OutputSquared,
    double Product,
    double ErrorSquared)
{
    /// <summary>Gets the cosine of x and x̂; 0 where either is zero.</summary>
    public double Cosine => InputSquared > 0 && OutputSquared > 0 ? Product / (Math.Sqrt(InputSquared) * Math.Sqrt(OutputSquared)) : 0;
}
