using System.Text.Json;

namespace Saltus.Lm.Models;

/// <summary>What several families read alike.</summary>
internal static class FamilyReading
{
    private const string Sliding = "sliding_attention";
    private const string Full = "full_attention";

    /// <summary>Reads the keys that all families of Llama's manner share: RMS norms, rope, gated MLP; the family changes what differs.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="absentKeyValueHeads">Key-value heads where the key is absent; null for as many as query heads.</param>
    /// <param name="absentHeadWidth">Width of a head where the key is absent; null for d/h.</param>
    /// <param name="absentEpsilon">The eps where the key is absent.</param>
    /// <param name="absentTied">Whether the head is tied where the key is absent.</param>
    /// <param name="absentMaxPositions">The longest sequence where the key is absent.</param>
    public static ModelConfiguration ReadLlamaLike(
        this ModelConfigurationReader reader, int? absentKeyValueHeads = null, int? absentHeadWidth = null, double absentEpsilon = 1e-6, bool absentTied = false,
        int absentMaxPositions = 2048)
    {
        int width = reader.Size("hidden_size");
        int heads = reader.Size("num_attention_heads");
        int layers = reader.Layers("num_hidden_layers");

        // Null means as many as query heads in every family; only an absent key has a family's own number.
        int keyValueHeads = reader.NullableSize("num_key_value_heads", absentKeyValueHeads) ?? heads;
        int headWidth = reader.NullableSize("head_dim", absentHeadWidth) ?? Divide(reader, width, heads);
        if (heads % keyValueHeads != 0)
        {
            throw reader.Contradiction($"num_key_value_heads: expected a divisor of the {heads} heads, found {keyValueHeads}");
        }

        reader.Padding(out int? padding);
        return new ModelConfiguration
        {
            Family = string.Empty,
            Width = width,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadWidth = headWidth,
            MlpWidth = reader.Size("intermediate_size"),
            VocabularySize = reader.Size("vocab_size"),
            MaxPositions = reader.Size("max_position_embeddings", absentMaxPositions),
            Epsilon = reader.Positive("rms_norm_eps", absentEpsilon),
            Norm = NormKind.Rms,
            Block = BlockKind.Sequential,
            Activation = ActivationKind.Silu,
            Gated = true,
            TiedHead = reader.Flag("tie_word_embeddings", absentTied),
            AttentionScale = Same(layers, InverseRoot(headWidth)),
            Windows = Same<int?>(layers, null),
            Rope = Same<RopeSettings?>(layers, null),
            PaddingToken = padding,
        };
    }

    /// <summary>Gives all layers the one rope that the keys state.</summary>
    public static ModelConfiguration WithRope(this ModelConfiguration configuration, ModelConfigurationReader reader) =>
        configuration with { Rope = Same<RopeSettings?>(configuration.Layers, RopeReader.Read(reader, configuration.HeadWidth, configuration.MaxPositions)) };

    /// <summary>Biases of all four attention projections, where attention_bias asks for them.</summary>
    public static ModelConfiguration WithAttentionBias(this ModelConfiguration configuration, ModelConfigurationReader reader)
    {
        bool bias = reader.Flag("attention_bias", absent: false);
        return configuration with { QueryKeyValueBias = bias, AttentionOutputBias = bias };
    }

    /// <summary>Which layers slide: layer_types where it is there, else the family's pattern.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="pattern">Whether a layer slides where layer_types says nothing.</param>
    public static IReadOnlyList<bool> SlidingLayers(this ModelConfigurationReader reader, int layers, Func<int, bool> pattern)
    {
        if (reader.Element("layer_types") is not { } types)
        {
            return [.. Enumerable.Range(0, layers).Select(pattern)];
        }

        IReadOnlyList<string> names = ModelConfigurationReader.Texts(types);
        if (names.Count != layers || !names.All(name => name is Sliding or Full))
        {
            throw reader.Invalid("layer_types", $"{layers} times '{Full}' or '{Sliding}'");
        }

        return [.. names.Select(name => name == Sliding)];
    }

    /// <summary>Windows from what slides.</summary>
    public static IReadOnlyList<int?> WindowsOf(IReadOnlyList<bool> sliding, int? window) => [.. sliding.Select(slides => slides ? window : null)];

    /// <summary>The same for every layer.</summary>
    public static IReadOnlyList<T> Same<T>(int layers, T value) => [.. Enumerable.Repeat(value, layers)];

    /// <summary>value^−½.</summary>
    public static float InverseRoot(double value) => (float)(1 / Math.Sqrt(value));

    /// <summary>The width of a head where none is stated.</summary>
    public static int Divide(ModelConfigurationReader reader, int width, int heads) => width % heads == 0
        ? width / heads
        : throw reader.Contradiction($"the width {width} is not a multiple of the {heads} heads");

    /// <summary>The padding token, if stated and not negative.</summary>
    public static void Padding(this ModelConfigurationReader reader, out int? padding) =>
        padding = reader.Element("pad_token_id") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int id) && id >= 0 ? id : null;
}
