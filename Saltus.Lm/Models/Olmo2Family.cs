namespace Saltus.Lm.Models;

/// <summary>OLMo 2: norms only after attention and MLP, queries and keys normed over the whole projection.</summary>
internal sealed class Olmo2Family : ModelFamily
{
    private const double AbsentEpsilon = 1e-5;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["olmo2"];

    /// <inheritdoc/>
    public override TensorNames Names { get; } = LlamaFamily.LlamaNames with
    {
        AttentionNorm = null,
        AttentionPostNorm = "post_attention_layernorm",
        MlpNorm = null,
        MlpPostNorm = "post_feedforward_layernorm",
    };

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader) =>
        reader.ReadLlamaLike(absentEpsilon: AbsentEpsilon).WithRope(reader).WithAttentionBias(reader) with
        {
            Block = BlockKind.PostNorm,
            Activation = reader.Activation("hidden_act", "silu"),
            QueryKeyNorm = QueryKeyNorm.WholeProjection,
        };
}
