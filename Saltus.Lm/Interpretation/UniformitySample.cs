namespace Saltus.Lm.Interpretation;

/// <summary>How evenly the latents of one token matter.</summary>
/// <param name="Active">Latents that matter at all.</param>
/// <param name="Entropy">Of their shares, in nats.</param>
internal readonly record struct UniformitySample(int Active, double Entropy)
{
    /// <summary>r, from 1/active to 1; NaN where no latent matters.</summary>
    public double Uniformity => Active == 0 ? double.NaN : Math.Exp(Entropy) / Active;
}
