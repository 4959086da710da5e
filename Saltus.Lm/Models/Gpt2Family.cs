namespace Saltus.Lm.Models;

/// <summary>GPT-2: layer norm, learned positions, fused projections, matrices kept as [in, out], biases everywhere.</summary>
internal sealed class Gpt2Family : ModelFamily
{
    /// <summary>The names that GPT-2 and GPT-Neo share.</summary>
    internal static TensorNames GptNames { get; } = new()
    {
        // The files of the first publication have no prefix.
        Prefixes = ["transformer.", string.Empty],
        Embedding = "wte",
        Positions = "wpe",
        FinalNorm = "ln_f",
        Blocks = "h.",
        AttentionNorm = "ln_1",
        MlpNorm = "ln_2",
        QueryKeyValue = "attn.c_attn",
        AttentionOutput = "attn.c_proj",
        Up = "mlp.c_fc",
        Down = "mlp.c_proj",
        IgnoredEnds = ["attn.bias", "attn.masked_bias"],
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gpt2"];

    /// <inheritdoc/>
    public override TensorNames Names => GptNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const double AbsentEpsilon = 1e-5;
        const int AbsentMaxPositions = 1024;
        int width = reader.Size("n_embd");
        int heads = reader.Size("n_head");
        int layers = reader.Layers("n_layer");
        int headWidth = FamilyReading.Divide(reader, width, heads);
        float scale = reader.Flag("scale_attn_weights", absent: true) ? FamilyReading.InverseRoot(headWidth) : 1;
        bool byLayer = reader.Flag("scale_attn_by_inverse_layer_idx", absent: false);
        reader.Padding(out int? padding);
        return new ModelConfiguration
        {
            Family = string.Empty,
            Width = width,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = heads,
            HeadWidth = headWidth,
            MlpWidth = reader.Size("n_inner", 4 * width),
            VocabularySize = reader.Size("vocab_size"),
            MaxPositions = reader.Size("n_positions", AbsentMaxPositions),
            Epsilon = reader.Positive("layer_norm_epsilon", AbsentEpsilon),
            Norm = NormKind.LayerNorm,
            Block = BlockKind.Sequential,
            Activation = reader.Activation("activation_function", "gelu_new"),
            LearnedPositions = true,
            TiedHead = reader.Flag("tie_word_embeddings", absent: true),
            AttentionScale = [.. Enumerable.Range(0, layers).Select(layer => byLayer ? scale / (layer + 1) : scale)],
            Windows = FamilyReading.Same<int?>(layers, null),
            Rope = FamilyReading.Same<RopeSettings?>(layers, null),
            QueryKeyValue = QueryKeyValueLayout.Fused,
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            TransposedWeights = true,
            PaddingToken = padding,
        };
    }
}
