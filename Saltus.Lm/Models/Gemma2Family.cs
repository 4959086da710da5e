namespace Saltus.Lm.Models;

/// <summary>Gemma 2: norms before and after attention and MLP, soft caps on scores and logits, even layers slide.</summary>
internal sealed class Gemma2Family : ModelFamily
{
    private const int AbsentMaxPositions = 8192;

    /// <summary>The names of a block with four norms.</summary>
    internal static TensorNames SandwichNames { get; } = LlamaFamily.LlamaNames with
    {
        AttentionPostNorm = "post_attention_layernorm",
        MlpNorm = "pre_feedforward_layernorm",
        MlpPostNorm = "post_feedforward_layernorm",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gemma2"];

    /// <inheritdoc/>
    public override TensorNames Names => SandwichNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const double AbsentAttentionCap = 50;
        const double AbsentFinalCap = 30;
        ModelConfiguration common = ReadCommon(reader, AbsentMaxPositions).WithRope(reader);
        IReadOnlyList<bool> sliding = reader.SlidingLayers(common.Layers, layer => layer % 2 == 0);
        return common with
        {
            Windows = FamilyReading.WindowsOf(sliding, ReadWindow(reader)),
            AttentionCap = (float?)reader.NullablePositive("attn_logit_softcapping", AbsentAttentionCap),
            FinalCap = (float?)reader.NullablePositive("final_logit_softcapping", AbsentFinalCap),
        };
    }

    /// <summary>What Gemma 2 and 3 share.</summary>
    internal static ModelConfiguration ReadCommon(ModelConfigurationReader reader, int absentMaxPositions)
    {
        const double AbsentQueryScalar = 256;
        ModelConfiguration common = GemmaFamily.ReadCommon(reader, absentKeyValueHeads: 4, absentMaxPositions);

        // Published files carry hidden_act too; the model reads hidden_activation only.
        reader.Skip("hidden_act");
        float scale = FamilyReading.InverseRoot(reader.Positive("query_pre_attn_scalar", AbsentQueryScalar));
        return common with
        {
            Block = BlockKind.Sandwich,
            Activation = reader.Activation("hidden_activation", "gelu_pytorch_tanh"),
            AttentionScale = FamilyReading.Same(common.Layers, scale),
        };
    }

    /// <summary>The window of sliding layers.</summary>
    internal static int? ReadWindow(ModelConfigurationReader reader)
    {
        const int AbsentWindow = 4096;
        return reader.NullableSize("sliding_window", AbsentWindow);
    }
}
