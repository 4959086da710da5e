namespace Saltus.Training;

/// <summary>What the loss says about one latent beside its two rows.</summary>
/// <param name="Latent">The latent.</param>
/// <param name="Input">Σ_b ∂L/∂π, by which a pre-encoder bias hears from the encoder.</param>
/// <param name="Bias">∂L/∂b_enc.</param>
/// <param name="FirstExtra">∂L with respect to the first extra.</param>
/// <param name="SecondExtra">∂L with respect to the second extra.</param>
/// <param name="Norm">∂L with respect to the norm of the decoder row, where a penalty has it.</param>
internal readonly record struct LatentGradient(int Latent, double Input, double Bias, double FirstExtra, double SecondExtra, double Norm);
