namespace Saltus.Lm.Models;

/// <summary>Llama: RMS norms, rope, grouped heads, gated silu; biases where attention_bias and mlp_bias ask for them.</summary>
internal sealed class LlamaFamily : ModelFamily
{
    /// <summary>The names that Llama's manner of model shares.</summary>
    internal static TensorNames LlamaNames { get; } = new()
    {
        Prefixes = ["model."],
        Embedding = "embed_tokens",
        FinalNorm = "norm",
        AttentionNorm = "input_layernorm",
        MlpNorm = "post_attention_layernorm",
        IgnoredEnds = ["self_attn.rotary_emb.inv_freq"],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["llama"];

    /// <inheritdoc/>
    public override TensorNames Names => LlamaNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader) => reader.ReadLlamaLike().WithRope(reader).WithAttentionBias(reader) with
    {
        Activation = reader.Activation("hidden_act", "silu"),
        MlpBias = reader.Flag("mlp_bias", absent: false),
    };
}
