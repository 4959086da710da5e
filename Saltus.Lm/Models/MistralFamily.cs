namespace Saltus.Lm.Models;

/// <summary>Mistral: Llama with a window on every layer; an absent key means 4096 tokens, null none.</summary>
internal sealed class MistralFamily : ModelFamily
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["mistral"];

    /// <inheritdoc/>
    public override TensorNames Names => LlamaFamily.LlamaNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        // Version 5 may write layer_types here; the model does not read it.
        reader.Skip("layer_types");
        ModelConfiguration common = reader.ReadLlamaLike(absentKeyValueHeads: 8, absentMaxPositions: 131072).WithRope(reader);
        return common with
        {
            Activation = reader.Activation("hidden_act", "silu"),
            Windows = FamilyReading.Same(common.Layers, reader.NullableSize("sliding_window", 4096)),
        };
    }
}
