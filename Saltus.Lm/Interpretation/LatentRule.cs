namespace Saltus.Lm.Interpretation;

/// <summary>Gives what an intervention makes of a latent: f′ from f.</summary>
/// <param name="latent">Index of the latent.</param>
/// <param name="value">Its activation f; 0 where it is not active.</param>
/// <param name="place">Which vector: the position in its sequence, or the place among the counted tokens of a whole text.</param>
/// <returns>f′. Where it equals f nothing changes, not a bit.</returns>
public delegate float LatentRule(int latent, float value, long place);
