using System.Text.Json.Nodes;

namespace Saltus.Tests.Models.Twin;

/// <content>What most families share, and rotary positions.</content>
internal sealed partial class TwinCase
{
    private static readonly string[] s_ownHeadWidth = ["llama", "mistral", "qwen3", "gemma", "gemma2", "gemma3_text"];
    private static readonly string[] s_statedActivation = ["llama", "mistral", "qwen2", "qwen3", "olmo2"];
    private static readonly string[] s_layerNorm = ["gpt_neox", "phi"];

    private TwinSettings Llama(
        string family, bool absentTied = false, bool hasRope = true, double share = 1, string baseKey = "rope_theta",
        string shareKey = "partial_rotary_factor", double absentShare = 1)
    {
        int heads = Always("num_attention_heads", Pick(2, 4, 6));
        int keyHeads = family == "gpt_neox" ? heads : Pick([.. new[] { 1, 2, heads }.Where(count => heads % count == 0)]);
        if (family != "gpt_neox")
        {
            Configuration["num_key_value_heads"] = keyHeads == heads && Chance() ? null : keyHeads;
        }

        int headWidth = share < 1 ? 16 : Pick(4, 8, 12);
        bool hasOwn = s_ownHeadWidth.Contains(family);
        int width = Always("hidden_size", hasOwn ? Pick(12, 20, 28) : heads * headWidth);
        if (hasOwn)
        {
            Configuration["head_dim"] = headWidth;
        }

        int layers = Always("num_hidden_layers", Pick(2, 3));
        int positions = Always("max_position_embeddings", Pick(8, 32));
        bool isLayerNorm = s_layerNorm.Contains(family);
        double absentEpsilon = isLayerNorm || family == "olmo2" ? 1e-5 : 1e-6;
        TwinRope? rope = hasRope ? OneRope((int)(headWidth * share), positions, share, baseKey, shareKey, absentShare) : null;
        return new TwinSettings
        {
            Family = family,
            Width = width,
            Layers = layers,
            Heads = heads,
            KeyHeads = keyHeads,
            HeadWidth = headWidth,
            Hidden = Always("intermediate_size", Pick(20, 36)),
            Vocabulary = Always("vocab_size", Pick(29, 41)),
            Positions = positions,
            Epsilon = Say(isLayerNorm ? "layer_norm_eps" : "rms_norm_eps", Pick(absentEpsilon, 1e-3), absentEpsilon),
            Activation = s_statedActivation.Contains(family) ? SayActivation("hidden_act", "silu") : "silu",
            Tied = Say("tie_word_embeddings", Chance(), absentTied),
            Scale = Same(layers, 1 / Math.Sqrt(headWidth)),
            Window = Same<int?>(layers, null),
            Rope = Same(layers, rope),
            QueryBias = family == "llama" && Say("attention_bias", Chance(), false),
            OutputBias = family == "llama" && (bool?)Configuration["attention_bias"] == true,
            MlpBias = family == "llama" && Say("mlp_bias", Chance(), false),
        };
    }

    private TwinRope OneRope(int turning, int longest, double share, string baseKey, string shareKey, double absentShare)
    {
        double theta = Pick(100, 10000, 500000);
        TwinRope rope = DrawRope(theta, turning, longest, out JsonObject json);
        if (_isNewer)
        {
            json["rope_theta"] = theta;
            if (share != absentShare || Chance())
            {
                json["partial_rotary_factor"] = share;
            }

            Configuration["rope_parameters"] = json;
            return rope;
        }

        Say(baseKey, theta, 10000);
        if (share != absentShare || (shareKey == "rotary_pct" && Chance()))
        {
            Configuration[shareKey] = share;
        }

        Configuration["rope_scaling"] = rope.Type == "default" ? null : json;
        return rope;
    }

    /// <summary>gemma3's two ropes: a variant on full layers only.</summary>
    private (TwinRope Full, TwinRope Sliding) RopePair(int width, int longest)
    {
        (double full, double local) = (Pick(1e6, 2000), Pick(1e4, 300));
        TwinRope rope = DrawRope(full, width, longest, out JsonObject json);
        if (_isNewer)
        {
            json["rope_theta"] = full;
            Configuration["rope_parameters"] = new JsonObject
            {
                ["full_attention"] = json,
                ["sliding_attention"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = local },
            };
        }
        else
        {
            Say("rope_theta", full, 1e6);
            Say("rope_local_base_freq", local, 1e4);
            Configuration["rope_scaling"] = rope.Type == "default" ? null : json;
        }

        return (rope, new TwinRope("default", local, width, longest, new Dictionary<string, double>()));
    }

    private TwinRope DrawRope(double theta, int turning, int longest, out JsonObject json)
    {
        string type = Pick("default", "linear", "dynamic", "llama3", "yarn", "longrope");
        Dictionary<string, double> numbers = [];
        if (type is "linear" or "dynamic" or "llama3" or "yarn")
        {
            numbers["factor"] = Pick(2, 4, 2.5);
        }

        if (type is "llama3" or "yarn" or "longrope")
        {
            numbers["original_max_position_embeddings"] = Pick(8, 10);
        }

        if (type == "llama3")
        {
            (numbers["low_freq_factor"], numbers["high_freq_factor"]) = (1, Pick(4, 2));
        }

        if (type == "yarn" && Chance())
        {
            (numbers["beta_fast"], numbers["beta_slow"]) = (Pick(4, 16), Pick(0.5, 1));
        }

        if (type == "yarn" && Chance())
        {
            (numbers["mscale"], numbers["mscale_all_dim"]) = (Pick(1, 0.7), Pick(0.8, 1));
        }

        if (type is "yarn" or "longrope" && _random.NextInt(3) == 0)
        {
            numbers["attention_factor"] = 1.3;
        }

        json = new JsonObject { [!_isNewer && Chance() ? "type" : "rope_type"] = type };
        foreach ((string key, double value) in numbers)
        {
            json[key] = value == Math.Floor(value) ? JsonValue.Create((int)value) : JsonValue.Create(value);
        }

        if (type == "yarn" && Chance())
        {
            numbers["truncate"] = 0;
            json["truncate"] = false;
        }

        double[] Divisors() => [.. Enumerable.Range(0, turning / 2).Select(_ => 1 + (4 * _random.NextDouble()))];
        TwinRope rope = new(type, theta, turning, longest, numbers);
        if (type == "longrope")
        {
            rope = rope with { Short = Divisors(), Long = Divisors() };
            json["short_factor"] = new JsonArray([.. rope.Short.Select(value => JsonValue.Create(value))]);
            json["long_factor"] = new JsonArray([.. rope.Long.Select(value => JsonValue.Create(value))]);
        }

        return rope;
    }
}
