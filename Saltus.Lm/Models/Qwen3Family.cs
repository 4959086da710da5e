namespace Saltus.Lm.Models;

/// <summary>Qwen 3: as Qwen 2, but queries and keys are normed head by head, heads have a width of their own, and there is no bias by default.</summary>
internal sealed class Qwen3Family : ModelFamily
{
    private const int AbsentKeyValueHeads = 32;
    private const int AbsentHeadWidth = 128;
    private const int AbsentMaxPositions = 32768;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["qwen3"];

    /// <inheritdoc/>
    public override TensorNames Names => LlamaFamily.LlamaNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        ModelConfiguration common = reader.ReadLlamaLike(AbsentKeyValueHeads, AbsentHeadWidth, absentMaxPositions: AbsentMaxPositions)
            .WithRope(reader).WithAttentionBias(reader);
        return common with
        {
            Activation = reader.Activation("hidden_act", "silu"),
            QueryKeyNorm = QueryKeyNorm.PerHead,
            Windows = Qwen2Family.ReadWindows(reader, common.Layers),
        };
    }
}
