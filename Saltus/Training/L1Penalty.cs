namespace Saltus.Training;

/// <summary>How a ReLU or Gated SAE pays for its activations g_i.</summary>
public enum L1Penalty
{
    /// <summary>λ · Σ g_i, for decoder rows of norm 1.</summary>
    Plain,

    /// <summary>λ · Σ g_i·‖d_i‖: the same however a latent's size is split between encoder and decoder (Anthropic's April update, Gated RI-L1).</summary>
    DecoderNorm,

    /// <summary>λ · Σ g_i / ‖x‖ (OpenAI).</summary>
    InputNorm,
}
