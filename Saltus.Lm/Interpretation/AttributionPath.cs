namespace Saltus.Lm.Interpretation;

/// <summary>One way from the lower of two SAEs to a logit difference: through a latent of the upper one.</summary>
/// <param name="LowerPosition">Position of the lower node.</param>
/// <param name="LowerLatent">Its latent; null for the lower SAE's error there.</param>
/// <param name="Upper">The latent that it goes through, with its own attribution.</param>
/// <param name="Weight">The estimate of what the logit difference owes to the lower node by way of the upper one.</param>
public readonly record struct AttributionPath(int LowerPosition, int? LowerLatent, LatentNode Upper, double Weight);
