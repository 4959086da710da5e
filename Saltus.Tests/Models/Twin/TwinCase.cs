using System.Text.Json.Nodes;
using Saltus.Tensors;

namespace Saltus.Tests.Models.Twin;

/// <summary>A small model of a family with options drawn at random: what they mean, and a config.json that says so in one of the two spellings.</summary>
internal sealed partial class TwinCase
{
    private readonly RandomSource _random;
    private readonly bool _isNewer;

    /// <param name="family">model_type.</param>
    /// <param name="seed">Seed of all draws.</param>
    public TwinCase(string family, long seed)
    {
        _random = new RandomSource(seed, $"twin {family}");
        _isNewer = Chance();
        Configuration["model_type"] = family;
        Settings = family switch
        {
            "gpt2" => Gpt2(),
            "gpt_neo" => GptNeo(),
            "gpt_neox" => GptNeoX(),
            "llama" => Llama(family),
            "mistral" => Mistral(),
            "qwen2" or "qwen3" => Qwen(family),
            "gemma" or "gemma2" or "gemma3_text" => Gemma(family),
            "phi" => Phi(),
            "olmo2" => Olmo2(),
            _ => throw new ArgumentException(family),
        };
        Sequences = [.. new[] { 13, 6, 1 }.Select(length => Enumerable.Range(0, length).Select(_ => _random.NextInt(Settings.Vocabulary)).ToArray())];
    }

    public static IReadOnlyList<string> Families { get; } =
        ["gpt2", "gpt_neo", "gpt_neox", "llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "phi", "olmo2"];

    public TwinSettings Settings { get; }

    public JsonObject Configuration { get; } = [];

    public int[][] Sequences { get; }

    private bool Chance() => _random.NextInt(2) == 0;

    private T Pick<T>(params T[] values) => values[_random.NextInt(values.Length)];

    /// <summary>Writes a key, or now and then leaves it out where its value is what its absence means.</summary>
    private T Say<T>(string key, T value, T absent)
    {
        if (!Equals(value, absent) || Chance())
        {
            Configuration[key] = JsonValue.Create(value);
        }

        return value;
    }

    private T Always<T>(string key, T value)
    {
        Configuration[key] = JsonValue.Create(value);
        return value;
    }

    private static T[] Same<T>(int count, T value) => [.. Enumerable.Repeat(value, count)];

    private TwinSettings Gpt2()
    {
        (int heads, int width, int layers) = (Pick(2, 3, 4), Pick(4, 6, 8), Pick(2, 3));
        double scale = Say("scale_attn_weights", Chance(), true) ? 1 / Math.Sqrt(width) : 1;
        bool byLayer = Say("scale_attn_by_inverse_layer_idx", Chance(), false);
        int d = Always("n_embd", heads * width);
        int hidden = Pick(4 * d, 20, 36);
        if (hidden == 4 * d)
        {
            Configuration["n_inner"] = null;
        }
        else
        {
            Configuration["n_inner"] = hidden;
        }

        return new TwinSettings
        {
            Family = "gpt2",
            Width = d,
            Layers = Always("n_layer", layers),
            Heads = Always("n_head", heads),
            KeyHeads = heads,
            HeadWidth = width,
            Hidden = hidden,
            Vocabulary = Always("vocab_size", Pick(31, 50)),
            Positions = Always("n_positions", Pick(13, 20)),
            Epsilon = Say("layer_norm_epsilon", Pick(1e-5, 1e-3), 1e-5),
            IsLayerNorm = true,
            Activation = SayActivation("activation_function", "tanh"),
            Gated = false,
            LearnedPositions = true,
            Tied = Say("tie_word_embeddings", Chance(), true),
            Scale = [.. Enumerable.Range(1, layers).Select(l => byLayer ? scale / l : scale)],
            Window = Same<int?>(layers, null),
            Rope = Same<TwinRope?>(layers, null),
            QueryBias = true,
            OutputBias = true,
            MlpBias = true,
        };
    }

    private TwinSettings GptNeo()
    {
        (int heads, int width, int layers) = (Pick(2, 3), Pick(4, 6), Pick(2, 4));
        bool alternates = Chance();
        int window = Always("window_size", Pick(3, 5));
        Configuration["attention_types"] = alternates
            ? new JsonArray(new JsonArray(new JsonArray("global", "local"), layers / 2))
            : new JsonArray(new JsonArray(new JsonArray("local"), layers - 1), new JsonArray(new JsonArray("global"), 1));
        int d = Always("hidden_size", heads * width);
        int hidden = Pick(4 * d, 28);
        Configuration["intermediate_size"] = hidden == 4 * d ? null : hidden;
        return new TwinSettings
        {
            Family = "gpt_neo",
            Width = d,
            Layers = Always("num_layers", layers),
            Heads = Always("num_heads", heads),
            KeyHeads = heads,
            HeadWidth = width,
            Hidden = hidden,
            Vocabulary = Always("vocab_size", 33),
            Positions = Always("max_position_embeddings", 16),
            Epsilon = Say("layer_norm_epsilon", Pick(1e-5, 1e-4), 1e-5),
            IsLayerNorm = true,
            Activation = SayActivation("activation_function", "tanh"),
            Gated = false,
            LearnedPositions = true,
            Tied = Say("tie_word_embeddings", Chance(), true),
            Scale = Same(layers, 1.0),
            Window = [.. Enumerable.Range(0, layers).Select(l => (alternates ? l % 2 == 1 : l < layers - 1) ? window : (int?)null)],
            Rope = Same<TwinRope?>(layers, null),
            OutputBias = true,
            MlpBias = true,
        };
    }

    private TwinSettings GptNeoX()
    {
        TwinSettings common = Llama("gpt_neox", share: Pick(0.25, 0.5, 1), baseKey: "rotary_emb_base", shareKey: "rotary_pct", absentShare: 0.25);
        bool bias = Say("attention_bias", Chance(), true);
        return common with
        {
            Block = Say("use_parallel_residual", Chance(), true) ? "parallel" : "sequential",
            IsLayerNorm = true,
            Activation = SayActivation("hidden_act", "gelu"),
            Gated = false,
            QueryBias = bias,
            OutputBias = bias,
            MlpBias = true,
        };
    }

    private TwinSettings Phi()
    {
        TwinSettings common = Llama("phi", share: Pick(0.5, 1), absentShare: 0.5);
        return common with
        {
            Block = "shared",
            IsLayerNorm = true,
            Activation = SayActivation("hidden_act", "tanh"),
            Gated = false,
            QueryKeyNorm = Say("qk_layernorm", Chance(), false) ? "head" : "",
            QueryBias = true,
            OutputBias = true,
            MlpBias = true,
            HeadBias = true,
        };
    }

    private TwinSettings Mistral()
    {
        TwinSettings common = Llama("mistral");
        int? window = Pick<int?>(3, 5, null);
        Configuration["sliding_window"] = window;
        return common with { Window = Same(common.Layers, window) };
    }

    private TwinSettings Olmo2()
    {
        TwinSettings common = Llama("olmo2");
        bool bias = Say("attention_bias", Chance(), false);
        return common with { Block = "post", QueryKeyNorm = "whole", QueryBias = bias, OutputBias = bias };
    }

    private TwinSettings Qwen(string family)
    {
        TwinSettings common = Llama(family);
        bool slides = Say("use_sliding_window", Chance(), false);
        int window = Always("sliding_window", Pick(3, 6));
        int first = Always("max_window_layers", Pick(0, 1, 2));
        bool[] sliding = SayLayers([.. Enumerable.Range(0, common.Layers).Select(l => l >= first)]);
        bool bias = family == "qwen3" && Say("attention_bias", Chance(), false);
        return common with
        {
            Window = [.. sliding.Select(value => value && slides ? window : (int?)null)],
            QueryKeyNorm = family == "qwen3" ? "head" : "",
            QueryBias = bias || family == "qwen2",
            OutputBias = bias,
        };
    }

    private TwinSettings Gemma(string family)
    {
        bool isThree = family == "gemma3_text";
        TwinSettings common = Llama(family, absentTied: true, hasRope: !isThree);
        bool bias = Say("attention_bias", Chance(), false);
        common = common with { PlusOne = true, EmbeddingScale = Math.Sqrt(common.Width), QueryBias = bias, OutputBias = bias };
        if (family == "gemma")
        {
            // "gelu" is the tanh form in this family.
            Configuration["hidden_act"] = Pick("gelu", "gelu_pytorch_tanh");
            return common with { Activation = "tanh" };
        }

        int window = Always("sliding_window", Pick(3, 5));
        double scalar = Always("query_pre_attn_scalar", Pick(3, 8, 20));
        int pattern = Pick(2, 3);
        if (isThree)
        {
            Configuration[_isNewer ? "_sliding_window_pattern" : "sliding_window_pattern"] = pattern;
        }

        bool[] sliding = SayLayers([.. Enumerable.Range(0, common.Layers).Select(l => isThree ? (l + 1) % pattern != 0 : l % 2 == 0)]);
        (TwinRope Full, TwinRope Sliding)? pair = isThree ? RopePair(common.HeadWidth, common.Positions) : null;
        double? scoreCap = Pick<double?>(2, 5, null);
        double? logitCap = Pick<double?>(3, 8, null);
        Configuration["attn_logit_softcapping"] = scoreCap;
        Configuration["final_logit_softcapping"] = logitCap;
        Configuration["hidden_activation"] = "gelu_pytorch_tanh";
        return common with
        {
            Block = "sandwich",
            Activation = "tanh",
            Scale = Same(common.Layers, 1 / Math.Sqrt(scalar)),
            Window = [.. sliding.Select(value => value ? window : (int?)null)],
            Rope = pair is { } ropes ? [.. sliding.Select(value => value ? ropes.Sliding : ropes.Full)] : common.Rope,
            ScoreCap = isThree ? null : scoreCap,
            LogitCap = logitCap,
            QueryKeyNorm = isThree ? "head" : "",
        };
    }

    /// <summary>The pattern, or now and then another one that layer_types decides.</summary>
    private bool[] SayLayers(bool[] pattern)
    {
        if (Chance())
        {
            return pattern;
        }

        bool[] sliding = [.. pattern.Select(_ => Chance())];
        Configuration["layer_types"] = new JsonArray([.. sliding.Select(value => JsonValue.Create(value ? "sliding_attention" : "full_attention"))]);
        return sliding;
    }

    private string SayActivation(string key, string absent)
    {
        string activation = Pick("gelu", "tanh", "silu");
        string word = activation == "tanh" ? Pick("gelu_new", "gelu_pytorch_tanh") : activation;
        if (activation != absent || Chance())
        {
            Configuration[key] = word;
        }

        return activation;
    }
}
