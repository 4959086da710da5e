namespace Saltus.Training;

/// <summary>What the loss says about one latent beside its two rows.</summary>
/// <param name="Latent">The latent.</param>
/// <param name="Bias">∂L/∂b_enc.</param>
/// <param name="Threshold">∂L with respect to the threshold parameter.</param>
/// <param name="Norm">∂L with respect to the norm of the decoder row, where a penalty has it.</param>
internal readonly record struct LatentGradient(int Latent, double Bias, double Threshold, double Norm);
