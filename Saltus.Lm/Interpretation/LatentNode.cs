namespace Saltus.Lm.Interpretation;

/// <summary>A latent that is active at a position.</summary>
/// <param name="Position">The position.</param>
/// <param name="Latent">The latent.</param>
/// <param name="Activation">Its activation f.</param>
/// <param name="Attribution">The estimate of what the logit difference owes to it.</param>
public readonly record struct LatentNode(int Position, int Latent, float Activation, double Attribution);
