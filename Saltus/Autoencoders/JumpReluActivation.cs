namespace Saltus.Autoencoders;

/// <summary>
/// JumpReLU (arXiv 2407.14435, Eq. 4): f = π where π &gt; max(θ, 0), else 0; strict. Gated, ReLU (θ = 0) and BatchTopK SAEs take this form
/// once trained.
/// </summary>
/// <param name="Thresholds">θ of each latent, [M].</param>
public sealed record JumpReluActivation(float[] Thresholds) : Activation;
