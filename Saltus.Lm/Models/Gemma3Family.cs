namespace Saltus.Lm.Models;

/// <summary>Gemma 3, text: Gemma 2's block without the cap on scores, queries and keys normed head by head, one rope for full layers and one for sliding ones.</summary>
internal sealed class Gemma3Family : ModelFamily
{
    private const int AbsentMaxPositions = 131072;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gemma3_text", "gemma3"];

    /// <inheritdoc/>
    public override TensorNames Names { get; } = Gemma2Family.SandwichNames with
    {
        Prefixes = ["model.", "language_model.model.", "model.language_model."],
        Heads = ["lm_head", "language_model.lm_head"],
        IgnoredBeginnings = ["vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector."],
    };

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const int AbsentPattern = 6;
        ModelConfiguration common = Gemma2Family.ReadCommon(reader, AbsentMaxPositions);
        int pattern = reader.Size("sliding_window_pattern", reader.Size("_sliding_window_pattern", AbsentPattern));

        // The cap on scores is in the file and never used.
        reader.Skip("attn_logit_softcapping");
        IReadOnlyList<bool> sliding = reader.SlidingLayers(common.Layers, layer => (layer + 1) % pattern != 0);
        (RopeSettings full, RopeSettings local) = RopeReader.ReadPair(reader, common.HeadWidth, common.MaxPositions);
        return common with
        {
            QueryKeyNorm = QueryKeyNorm.PerHead,
            Windows = FamilyReading.WindowsOf(sliding, Gemma2Family.ReadWindow(reader)),
            Rope = [.. sliding.Select(slides => slides ? local : full)],
            FinalCap = (float?)reader.NullablePositive("final_logit_softcapping", null),
        };
    }
}
