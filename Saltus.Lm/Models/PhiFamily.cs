namespace Saltus.Lm.Models;

/// <summary>Phi: layer norm, attention and MLP side by side on one norm, part of each head turns, biases everywhere.</summary>
internal sealed class PhiFamily : ModelFamily
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["phi"];

    /// <inheritdoc/>
    public override TensorNames Names { get; } = new()
    {
        Prefixes = ["model."],
        Embedding = "embed_tokens",
        FinalNorm = "final_layernorm",
        AttentionNorm = "input_layernorm",
        AttentionOutput = "self_attn.dense",
        QueryNorm = "self_attn.q_layernorm",
        KeyNorm = "self_attn.k_layernorm",
        Up = "mlp.fc1",
        Down = "mlp.fc2",
        IgnoredEnds = ["self_attn.rotary_emb.inv_freq"],
    };

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const double AbsentEpsilon = 1e-5;
        const double AbsentShare = 0.5;
        ModelConfiguration common = reader.ReadLlamaLike();
        bool normed = reader.Flag("qk_layernorm", absent: false);
        return common with
        {
            Epsilon = reader.Positive("layer_norm_eps", AbsentEpsilon),
            Norm = NormKind.LayerNorm,
            Block = BlockKind.ParallelSharedNorm,
            Activation = reader.Activation("hidden_act", "gelu_new"),
            Gated = false,
            QueryKeyNorm = normed ? QueryKeyNorm.PerHead : QueryKeyNorm.None,
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            HeadBias = true,
            Rope = FamilyReading.Same<RopeSettings?>(
                common.Layers, RopeReader.Read(reader, common.HeadWidth, common.MaxPositions, absentShare: AbsentShare)),
        };
    }
}
