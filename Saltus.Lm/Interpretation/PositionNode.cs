namespace Saltus.Lm.Interpretation;

/// <summary>Something at a position that is no latent: the SAE's error there, or an activation that is not encoded.</summary>
/// <param name="Position">The position.</param>
/// <param name="Attribution">The estimate of what the logit difference owes to it.</param>
public readonly record struct PositionNode(int Position, double Attribution);
