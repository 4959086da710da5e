namespace Saltus.Lm.Models;

/// <summary>GPT-NeoX and Pythia: layer norm, attention and MLP side by side with a norm each, fused projections head by head, part of each head turns.</summary>
internal sealed class GptNeoXFamily : ModelFamily
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gpt_neox"];

    /// <inheritdoc/>
    public override TensorNames Names { get; } = new()
    {
        Prefixes = ["gpt_neox."],
        Embedding = "embed_in",
        FinalNorm = "final_layer_norm",
        Heads = ["embed_out", "lm_head"],
        AttentionNorm = "input_layernorm",
        MlpNorm = "post_attention_layernorm",
        QueryKeyValue = "attention.query_key_value",
        AttentionOutput = "attention.dense",
        Up = "mlp.dense_h_to_4h",
        Down = "mlp.dense_4h_to_h",
        IgnoredEnds = ["attention.bias", "attention.masked_bias", "attention.rotary_emb.inv_freq"],
    };

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const double AbsentEpsilon = 1e-5;
        const double AbsentShare = 0.25;
        ModelConfiguration common = reader.ReadLlamaLike();
        bool bias = reader.Flag("attention_bias", absent: true);
        return common with
        {
            Epsilon = reader.Positive("layer_norm_eps", AbsentEpsilon),
            Norm = NormKind.LayerNorm,
            Block = reader.Flag("use_parallel_residual", absent: true) ? BlockKind.Parallel : BlockKind.Sequential,
            Activation = reader.Activation("hidden_act", "gelu"),
            Gated = false,
            QueryKeyValue = QueryKeyValueLayout.FusedByHead,
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            MlpBias = true,
            Rope = FamilyReading.Same<RopeSettings?>(
                common.Layers, RopeReader.Read(reader, common.HeadWidth, common.MaxPositions, "rotary_emb_base", "rotary_pct", AbsentShare)),
        };
    }
}
