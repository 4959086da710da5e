using System.Text.RegularExpressions;
using Saltus.Formats;
using Saltus.Lm.Models;
using Saltus.Tests.Support;

namespace Saltus.Tests.Models;

/// <summary>Writes a folder's model as the converter of GGUF files does (models.md §6): names, re-ordered rows, norms with 1 added, float32.</summary>
internal static class GgufConversion
{
    private static readonly Dictionary<string, string> s_architectures = new(StringComparer.Ordinal)
    {
        ["gpt2"] = "gpt2",
        ["gpt_neox"] = "gptneox",
        ["llama"] = "llama",
        ["mistral"] = "llama",
        ["qwen2"] = "qwen2",
        ["qwen3"] = "qwen3",
        ["gemma"] = "gemma",
        ["gemma2"] = "gemma2",
        ["gemma3_text"] = "gemma3",
        ["phi"] = "phi2",
        ["olmo2"] = "olmo2",
    };

    // The last part of a tensor's name in its block, in either family's manner.
    private static readonly Dictionary<string, string> s_blockNames = new(StringComparer.Ordinal)
    {
        ["ln_1"] = "attn_norm",
        ["ln_2"] = "ffn_norm",
        ["attn.c_attn"] = "attn_qkv",
        ["attn.c_proj"] = "attn_output",
        ["mlp.c_fc"] = "ffn_up",
        ["mlp.c_proj"] = "ffn_down",
        ["attention.query_key_value"] = "attn_qkv",
        ["attention.dense"] = "attn_output",
        ["mlp.dense_h_to_4h"] = "ffn_up",
        ["mlp.dense_4h_to_h"] = "ffn_down",
        ["input_layernorm"] = "attn_norm",
        ["post_attention_layernorm"] = "ffn_norm",
        ["pre_feedforward_layernorm"] = "ffn_norm",
        ["post_feedforward_layernorm"] = "post_ffw_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["self_attn.dense"] = "attn_output",
        ["self_attn.q_norm"] = "attn_q_norm",
        ["self_attn.k_norm"] = "attn_k_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
        ["mlp.fc1"] = "ffn_up",
        ["mlp.fc2"] = "ffn_down",
    };

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["wte"] = "token_embd",
        ["wpe"] = "position_embd",
        ["ln_f"] = "output_norm",
        ["embed_in"] = "token_embd",
        ["final_layer_norm"] = "output_norm",
        ["embed_out"] = "output",
        ["embed_tokens"] = "token_embd",
        ["norm"] = "output_norm",
        ["final_layernorm"] = "output_norm",
        ["lm_head"] = "output",
    };

    /// <summary>Whether GGUF has a form for the model: GPT-Neo has none, and not every rope can be said.</summary>
    public static bool IsPossible(ModelConfiguration c) => s_architectures.ContainsKey(c.Family)
        && c.Rope.All(rope => rope is null || rope.Kind is RopeKind.Plain or RopeKind.Linear or RopeKind.Llama3 || (rope.Kind == RopeKind.Yarn && rope.AttentionFactor is null && rope.MagnitudeScale is null))
        && (c.Family is not ("qwen2" or "qwen3") || c.Windows.All(window => window is null))
        && (c.Family != "phi" || c.QueryKeyNorm == QueryKeyNorm.None);

    public static void Write(string folder, ModelConfiguration c, string path)
    {
        string architecture = s_architectures[c.Family];
        var builder = new GgufBuilder().Add("general.architecture", architecture);
        AddKeys(builder, architecture + ".", c);
        using SafetensorsSet set = SafetensorsSet.Open(folder);
        foreach (TensorInfo tensor in set.Tensors)
        {
            if (tensor.Name.EndsWith(".attn.bias", StringComparison.Ordinal) || (c.TiedHead && tensor.Name.StartsWith("lm_head", StringComparison.Ordinal)))
            {
                continue;
            }

            (long[] shape, float[] values) = Convert(tensor, NameOf(tensor.Name, c), c, set.ReadFloat32(tensor));
            builder.AddTensor(NameOf(tensor.Name, c), [.. shape.Reverse()], values);
        }

        if (c.Rope[0] is { Kind: RopeKind.Llama3 } rope)
        {
            float[] divisors = Divisors(rope);
            builder.AddTensor("rope_freqs.weight", [divisors.Length], divisors);
        }

        builder.Write(path);
    }

    private static void AddKeys(GgufBuilder builder, string prefix, ModelConfiguration c)
    {
        builder.Add(prefix + "block_count", (uint)c.Layers).Add(prefix + "embedding_length", (uint)c.Width).Add(prefix + "feed_forward_length", (uint)c.MlpWidth)
            .Add(prefix + "context_length", (uint)c.MaxPositions).Add(prefix + "attention.head_count", (uint)c.Heads);
        builder.Add(prefix + (c.Norm == NormKind.LayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"), (float)c.Epsilon);
        if (c.Family == "gpt2")
        {
            return;
        }

        builder.Add(prefix + "attention.head_count_kv", (uint)c.KeyValueHeads).Add(prefix + "attention.key_length", (uint)c.HeadWidth)
            .Add(prefix + "rope.dimension_count", (uint)c.Rope[0]!.Dimensions);
        if (c.Windows.FirstOrDefault(window => window is not null) is int window)
        {
            builder.Add(prefix + "attention.sliding_window", (uint)window);
        }

        // Gemma 3 has two ropes, and every so many layers a full one.
        int fullLayer = c.Family == "gemma3_text" ? c.Windows.TakeWhile(window => window is not null).Count() : 0;
        RopeSettings full = c.Rope[fullLayer]!;
        if (c.Family == "gemma3_text")
        {
            builder.Add(prefix + "attention.sliding_window_pattern", (uint)(fullLayer + 1)).Add(prefix + "rope.local_freq_base", (float)c.Rope[0]!.Base);
        }

        builder.Add(prefix + "rope.freq_base", (float)full.Base);
        if (full.Kind is RopeKind.Linear or RopeKind.Yarn)
        {
            builder.Add(prefix + "rope.scaling.type", full.Kind == RopeKind.Linear ? "linear" : "yarn").Add(prefix + "rope.scaling.factor", (float)full.Factor);
            builder.Add(prefix + "rope.scaling.original_context_length", (uint)full.OriginalMaxPositions);
        }

        if (c.AttentionCap is float cap)
        {
            builder.Add(prefix + "attn_logit_softcapping", cap);
        }

        if (c.FinalCap is float finalCap)
        {
            builder.Add(prefix + "final_logit_softcapping", finalCap);
        }

        if (c.Family == "gpt_neox")
        {
            builder.Add(prefix + "use_parallel_residual", c.Block == BlockKind.Parallel);
        }
    }

    private static string NameOf(string name, ModelConfiguration c)
    {
        Match block = Regex.Match(name, @"(?:^|\.)(?:h|layers)\.(\d+)\.(.+)\.(weight|bias)$");
        if (!block.Success)
        {
            string[] parts = name.Split('.');
            return $"{s_names[parts[^2]]}.{parts[^1]}";
        }

        string inner = block.Groups[2].Value;
        bool postNorm = inner == "post_attention_layernorm" && c.Block is (BlockKind.Sandwich or BlockKind.PostNorm);
        return $"blk.{block.Groups[1].Value}.{(postNorm ? "post_attention_norm" : s_blockNames[inner])}.{block.Groups[3].Value}";
    }

    private static (long[] Shape, float[] Values) Convert(TensorInfo tensor, string name, ModelConfiguration c, float[] values)
    {
        long[] shape = [.. tensor.Shape];
        bool isMatrix = shape.Length == 2;
        if (c.TransposedWeights && isMatrix && name.StartsWith("blk.", StringComparison.Ordinal))
        {
            (int rows, int columns) = ((int)shape[0], (int)shape[1]);
            return ([columns, rows], [.. Enumerable.Range(0, columns).SelectMany(column => Enumerable.Range(0, rows).Select(row => values[(row * columns) + column]))]);
        }

        int width = isMatrix ? (int)shape[1] : 1;
        if (c.Family is "llama" or "mistral" && (name.Contains("attn_q.", StringComparison.Ordinal) || name.Contains("attn_k.", StringComparison.Ordinal)))
        {
            // gguf[2j] = hf[j], gguf[2j + 1] = hf[n/2 + j] within each head.
            int n = c.HeadWidth;
            return (shape, Reorder(values, width, row => row - (row % n) + (row % n % 2 == 0 ? row % n / 2 : (n / 2) + (row % n / 2))));
        }

        if (c.QueryKeyValue == QueryKeyValueLayout.FusedByHead && name.Contains("attn_qkv", StringComparison.Ordinal))
        {
            // [head][q, k, v] becomes [q, k, v][head].
            (int n, int h) = (c.HeadWidth, c.Heads);
            return (shape, Reorder(values, width, row => (row / n % h * 3 * n) + (row / (n * h) * n) + (row % n)));
        }

        if (c.Norm == NormKind.RmsPlusOne && name.Contains("norm", StringComparison.Ordinal))
        {
            values = Array.ConvertAll(values, value => value + 1);
        }

        // The file cannot say another scale of the scores than the head's: these random models have it in their queries instead.
        float scale = (float)(c.AttentionScale[0] * Math.Sqrt(c.HeadWidth));
        bool carriesScale = c.QueryKeyNorm == QueryKeyNorm.None ? name.Contains("attn_q.", StringComparison.Ordinal) : name.Contains("attn_q_norm", StringComparison.Ordinal);
        return (shape, carriesScale && MathF.Abs(scale - 1) > 1e-6f ? Array.ConvertAll(values, value => value * scale) : values);
    }

    private static float[] Reorder(float[] values, int width, Func<int, int> source)
    {
        float[] result = new float[values.Length];
        for (int row = 0; row < values.Length / width; row++)
        {
            values.AsSpan(source(row) * width, width).CopyTo(result.AsSpan(row * width));
        }

        return result;
    }

    private static float[] Divisors(RopeSettings rope)
    {
        float[] divisors = new float[rope.Dimensions / 2];
        for (int m = 0; m < divisors.Length; m++)
        {
            double wavelength = 2 * Math.PI / Math.Pow(rope.Base, -2.0 * m / rope.Dimensions);
            double low = rope.OriginalMaxPositions / rope.LowFrequencyFactor;
            double high = rope.OriginalMaxPositions / rope.HighFrequencyFactor;
            double ramp = ((rope.OriginalMaxPositions / wavelength) - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
            divisors[m] = wavelength < high ? 1 : wavelength > low ? (float)rope.Factor : (float)(1 / (((1 - ramp) / rope.Factor) + ramp));
        }

        return divisors;
    }
}
