namespace Saltus.Training;

/// <summary>What is added to the squared error of a JumpReLU SAE; p̂ is a latent's firing rate in the batch, L0* the target.</summary>
public enum SparsityPenalty
{
    /// <summary>λ · L0 (the paper's Eq. 9).</summary>
    L0,

    /// <summary>λ · (L0 / L0* − 1)² of the batch's mean L0 (dictionary_learning).</summary>
    TargetL0,

    /// <summary>λ · (2 / L0*) · (L0 − L0*)² of each token (SAELens, Gemma Scope 2 as transcribed).</summary>
    QuadraticL0,

    /// <summary>λ · Σ p̂ (1 + p̂ / ω).</summary>
    Frequency,

    /// <summary>λ · Σ tanh(c · f · ‖d‖) (Anthropic, January 2025).</summary>
    Tanh,
}
