using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

/// <summary>A folder with a model of a real shape and random bfloat16 weights, in shards with an index as published models lie.</summary>
internal static class SyntheticModel
{
    private const long ShardBytes = 5L << 30;

    /// <summary>The configuration of SmolLM2-135M.</summary>
    public static JsonObject Smol => new()
    {
        ["model_type"] = "llama",
        ["hidden_size"] = 576,
        ["num_hidden_layers"] = 30,
        ["num_attention_heads"] = 9,
        ["num_key_value_heads"] = 3,
        ["intermediate_size"] = 1536,
        ["vocab_size"] = 49152,
        ["max_position_embeddings"] = 8192,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 100000,
        ["tie_word_embeddings"] = true,
    };

    /// <summary>The configuration of Gemma 2 9B.</summary>
    public static JsonObject Gemma => new()
    {
        ["model_type"] = "gemma2",
        ["hidden_size"] = 3584,
        ["num_hidden_layers"] = 42,
        ["num_attention_heads"] = 16,
        ["num_key_value_heads"] = 8,
        ["head_dim"] = 256,
        ["intermediate_size"] = 14336,
        ["vocab_size"] = 256000,
        ["max_position_embeddings"] = 8192,
        ["sliding_window"] = 4096,
        ["query_pre_attn_scalar"] = 256,
        ["attn_logit_softcapping"] = 50.0,
        ["final_logit_softcapping"] = 30.0,
    };

    /// <summary>Writes config.json, shards of at most 5 GiB and their index.</summary>
    /// <param name="folder">Is made if it is not there.</param>
    /// <param name="configuration">Of the families llama or gemma2.</param>
    public static void Write(string folder, JsonObject configuration)
    {
        Directory.CreateDirectory(folder);
        List<List<(string Name, long[] Shape)>> shards = [[]];
        long bytes = 0;
        long total = 0;
        foreach ((string name, long[] shape) in Tensors(configuration))
        {
            long size = 2 * shape.Aggregate(1L, (product, dimension) => product * dimension);
            if (bytes > 0 && bytes + size > ShardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add((name, shape));
            bytes += size;
            total += size;
        }

        JsonObject map = [];
        for (int shard = 0; shard < shards.Count; shard++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:D5}-of-{shards.Count:D5}.safetensors");
            RandomSource random = new(shard, "synthetic weights");
            SafetensorsWriter writer = new();
            foreach ((string name, long[] shape) in shards[shard])
            {
                // What keeps activations of one size: products by 1/√inputs, norms near 1.
                float scale = shape.Length == 1 ? 0.1f : (float)Math.Sqrt(12.0 / shape[1]);
                writer.Add(name, TensorDtype.BF16, shape, (_, destination) => Fill(random, scale, destination));
                map[name] = file;
            }

            writer.Write(Path.Combine(folder, file));
        }

        JsonObject index = new() { ["metadata"] = new JsonObject { ["total_size"] = total }, ["weight_map"] = map };
        File.WriteAllText(Path.Combine(folder, SafetensorsSet.IndexName), index.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    private static void Fill(RandomSource random, float scale, Span<float> destination)
    {
        const float Unit = 1f / (1 << 16);
        for (int i = 0; i < destination.Length; i += 4)
        {
            ulong bits = random.NextUInt64();
            for (int j = i; j < Math.Min(i + 4, destination.Length); j++, bits >>= 16)
            {
                destination[j] = scale * (((ushort)bits * Unit) - 0.5f);
            }
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Tensors(JsonObject configuration)
    {
        long Size(string key) => (int)configuration[key]!;
        bool isGemma = (string)configuration["model_type"]! == "gemma2";
        long d = Size("hidden_size");
        long m = Size("intermediate_size");
        long width = configuration.ContainsKey("head_dim") ? Size("head_dim") : d / Size("num_attention_heads");
        long queries = Size("num_attention_heads") * width;
        long keys = Size("num_key_value_heads") * width;
        yield return ("model.embed_tokens.weight", [Size("vocab_size"), d]);
        for (int layer = 0; layer < (int)Size("num_hidden_layers"); layer++)
        {
            string block = $"model.layers.{layer}.";
            yield return ($"{block}input_layernorm.weight", [d]);
            yield return ($"{block}mlp.down_proj.weight", [d, m]);
            yield return ($"{block}mlp.gate_proj.weight", [m, d]);
            yield return ($"{block}mlp.up_proj.weight", [m, d]);
            yield return ($"{block}post_attention_layernorm.weight", [d]);
            if (isGemma)
            {
                yield return ($"{block}post_feedforward_layernorm.weight", [d]);
                yield return ($"{block}pre_feedforward_layernorm.weight", [d]);
            }

            yield return ($"{block}self_attn.k_proj.weight", [keys, d]);
            yield return ($"{block}self_attn.o_proj.weight", [d, queries]);
            yield return ($"{block}self_attn.q_proj.weight", [queries, d]);
            yield return ($"{block}self_attn.v_proj.weight", [keys, d]);
        }

        yield return ("model.norm.weight", [d]);
    }
}
