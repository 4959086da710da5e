namespace Saltus.Lm.Models;

/// <summary>Which names a family's config.json has for what GGUF's keys say.</summary>
internal enum GgufSpelling
{
    /// <summary>hidden_size, rms_norm_eps, rope_theta and so on.</summary>
    Llama,

    /// <summary>n_embd, layer_norm_epsilon and so on.</summary>
    Gpt2,

    /// <summary>As Llama, but layer_norm_eps, rotary_emb_base, rotary_pct, use_parallel_residual.</summary>
    GptNeoX,

    /// <summary>As Llama, but layer_norm_eps and partial_rotary_factor.</summary>
    Phi,
}
