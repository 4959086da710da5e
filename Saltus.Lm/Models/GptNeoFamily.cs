using System.Text.Json;

namespace Saltus.Lm.Models;

/// <summary>GPT-Neo and TinyStories: GPT-2 with separate projections without bias, unscaled scores, and layers that see all or a window.</summary>
internal sealed class GptNeoFamily : ModelFamily
{
    private const string Global = "global";
    private const string Local = "local";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["gpt_neo"];

    /// <inheritdoc/>
    public override TensorNames Names { get; } = Gpt2Family.GptNames with
    {
        QueryKeyValue = null,
        Query = "attn.attention.q_proj",
        Key = "attn.attention.k_proj",
        Value = "attn.attention.v_proj",
        AttentionOutput = "attn.attention.out_proj",
        IgnoredEnds = ["attn.attention.bias", "attn.attention.masked_bias"],
    };

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        const double AbsentEpsilon = 1e-5;
        const int AbsentMaxPositions = 2048;
        const int AbsentWindow = 256;
        int width = reader.Size("hidden_size");
        int heads = reader.Size("num_heads");
        int layers = reader.Layers("num_layers");
        int window = reader.Size("window_size", AbsentWindow);
        reader.Padding(out int? padding);
        return new ModelConfiguration
        {
            Family = string.Empty,
            Width = width,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = heads,
            HeadWidth = FamilyReading.Divide(reader, width, heads),
            MlpWidth = reader.Size("intermediate_size", 4 * width),
            VocabularySize = reader.Size("vocab_size"),
            MaxPositions = reader.Size("max_position_embeddings", AbsentMaxPositions),
            Epsilon = reader.Positive("layer_norm_epsilon", AbsentEpsilon),
            Norm = NormKind.LayerNorm,
            Block = BlockKind.Sequential,
            Activation = reader.Activation("activation_function", "gelu_new"),
            LearnedPositions = true,
            TiedHead = reader.Flag("tie_word_embeddings", absent: true),
            AttentionScale = FamilyReading.Same(layers, 1f),
            Windows = [.. ReadLayers(reader, layers).Select(kind => kind == Local ? window : (int?)null)],
            Rope = FamilyReading.Same<RopeSettings?>(layers, null),
            AttentionOutputBias = true,
            MlpBias = true,
            PaddingToken = padding,
        };
    }

    private static List<string> ReadLayers(ModelConfigurationReader reader, int layers)
    {
        List<string> kinds = [];
        if (reader.Element("attention_types") is { } types)
        {
            foreach (JsonElement entry in types.ValueKind == JsonValueKind.Array ? types.EnumerateArray() : throw Wrong(reader))
            {
                if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.Array
                    || entry[1].ValueKind != JsonValueKind.Number || !entry[1].TryGetInt32(out int times) || times < 0 || times > layers)
                {
                    throw Wrong(reader);
                }

                for (int i = 0; i < times; i++)
                {
                    kinds.AddRange(ModelConfigurationReader.Texts(entry[0]));
                    if (kinds.Count > layers)
                    {
                        throw Wrong(reader);
                    }
                }
            }
        }
        else
        {
            // What the family means by saying nothing: global and local in turn.
            kinds.AddRange(Enumerable.Range(0, layers).Select(layer => layer % 2 == 0 ? Global : Local));
        }

        if (kinds.Count != layers || !kinds.TrueForAll(kind => kind is Global or Local))
        {
            throw Wrong(reader);
        }

        if (reader.Element("attention_layers") is { } stated && !ModelConfigurationReader.Texts(stated).SequenceEqual(kinds))
        {
            throw reader.Contradiction("attention_layers: expected the list that attention_types spells out, found another");
        }

        return kinds;
    }

    private static ModelException Wrong(ModelConfigurationReader reader) =>
        reader.Invalid("attention_types", "lists of 'global' and 'local' with a count, one entry a layer in all");
}
