using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>
/// Writes what a GGUF file's keys say as the config.json of the family, so that a family is described once. What its keys do not say is what
/// a missing key of config.json means, but where they state less than the model needs.
/// </summary>
internal sealed class GgufConfiguration
{
    /// <summary>The tensor of divisors of the rotary frequencies.</summary>
    public const string DivisorsName = "rope_freqs.weight";

    private const int LargestSize = 1 << 24;

    // Keys that change what is computed and that no family here has: refused unless they say nothing.
    private static readonly string[] s_refused =
    [
        "expert_count", "expert_used_count", "attention.scale", "attention.clamp_kqv", "attention.max_alibi_bias", "attention.output_scale", "logit_scale",
        "residual_scale", "embedding_scale", "attention.kv_lora_rank", "attention.key_length_mla", "attention.temperature_length", "attention.shared_kv_layers",
    ];

    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly GgufArchitecture _architecture;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private GgufConfiguration(GgufFile file, GgufArchitecture architecture)
    {
        _file = file;
        _metadata = file.Metadata;
        _architecture = architecture;
    }

    /// <summary>The architecture of a model in a GGUF file.</summary>
    /// <exception cref="InputException">Keys are missing, of another type, or ask for what is not known.</exception>
    public static ModelConfiguration Read(GgufFile file, GgufArchitecture architecture)
    {
        var reading = new GgufConfiguration(file, architecture);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            reading.Write(writer);
        }

        IReadOnlyList<string> warnings = reading.Finish();
        ModelConfiguration configuration = ModelConfiguration.Parse(JsonFields.Parse(stream.ToArray(), file.Source));
        return architecture.Adapt(configuration, file) with { Warnings = [.. configuration.Warnings, .. warnings] };
    }

    private void Write(Utf8JsonWriter writer)
    {
        const string SplitKey = "split.count";
        if (_metadata.FindInteger(SplitKey) is > 1 and long parts)
        {
            throw new ModelException(ModelError.UnsupportedWeights, $"'{_file.Source}': key '{SplitKey}': expected a whole file, found one of {parts} parts; merge them with gguf-split first");
        }

        long? window = Integer("attention.sliding_window");
        if (window is not null && _architecture.Window == GgufWindow.Refused)
        {
            throw Refuse("attention.sliding_window", "none", $"{window}");
        }

        writer.WriteStartObject();
        writer.WriteString("model_type", window is not null && _architecture.Window == GgufWindow.MakesMistral ? "mistral" : _architecture.Family);
        writer.WriteBoolean("tie_word_embeddings", _file.Find("output.weight") is null);
        writer.WriteNumber("vocab_size", Size(_file.Require("token_embd.weight").Shape[0], "the rows of token_embd.weight"));
        Skip("vocab_size");
        if (_architecture.Spelling == GgufSpelling.Gpt2)
        {
            WriteGpt2(writer);
        }
        else
        {
            WriteLlama(writer, window);
        }

        writer.WriteEndObject();
    }

    private void WriteGpt2(Utf8JsonWriter writer)
    {
        writer.WriteNumber("n_embd", Size("embedding_length"));
        writer.WriteNumber("n_layer", Size("block_count"));
        writer.WriteNumber("n_head", Size("attention.head_count"));
        writer.WriteNumber("n_inner", Size("feed_forward_length"));
        writer.WriteNumber("n_positions", Size("context_length"));
        writer.WriteNumber("layer_norm_epsilon", Required(_architecture.EpsilonKey));
    }

    private void WriteLlama(Utf8JsonWriter writer, long? window)
    {
        int width = Size("embedding_length");
        int heads = Size("attention.head_count");
        int layers = Size("block_count");
        int headWidth = SizeOrNull("attention.key_length") ?? width / heads;
        if (SizeOrNull("attention.value_length") is int valueWidth && valueWidth != headWidth)
        {
            throw Refuse("attention.value_length", $"{headWidth}, the width of keys", $"{valueWidth}");
        }

        writer.WriteNumber("hidden_size", width);
        writer.WriteNumber("num_attention_heads", heads);
        writer.WriteNumber("num_hidden_layers", layers);
        writer.WriteNumber("num_key_value_heads", SizeOrNull("attention.head_count_kv") ?? heads);
        writer.WriteNumber("head_dim", headWidth);
        writer.WriteNumber("intermediate_size", Size("feed_forward_length"));
        writer.WriteNumber("max_position_embeddings", Size("context_length"));
        bool isLlama = _architecture.Spelling == GgufSpelling.Llama;
        writer.WriteNumber(isLlama ? "rms_norm_eps" : "layer_norm_eps", Required(_architecture.EpsilonKey));
        WriteRope(writer, headWidth);
        if (window is not null)
        {
            writer.WriteNumber("sliding_window", Size((long)window, "attention.sliding_window"));
        }

        if (_architecture.LargestLayers is int largest)
        {
            WriteGemma(writer, layers == largest ? (double)width / heads : headWidth);
        }

        if (_architecture.Spelling == GgufSpelling.GptNeoX)
        {
            Skip("use_parallel_residual");
            writer.WriteBoolean("use_parallel_residual", _metadata.FindFlag(Key("use_parallel_residual")) ?? true);
        }
    }

    private void WriteGemma(Utf8JsonWriter writer, double scoreScalar)
    {
        writer.WriteNumber("query_pre_attn_scalar", scoreScalar);
        foreach (string name in (string[])["attn_logit_softcapping", "final_logit_softcapping"])
        {
            if (Number(name) is double cap)
            {
                writer.WriteNumber(name, cap);
            }
        }

        if (Integer("attention.sliding_window_pattern") is long pattern)
        {
            writer.WriteNumber("sliding_window_pattern", Size(pattern, "attention.sliding_window_pattern"));
        }
    }

    private void WriteRope(Utf8JsonWriter writer, int headWidth)
    {
        int turning = SizeOrNull("rope.dimension_count") ?? headWidth;
        (string baseKey, string shareKey) = _architecture.Spelling == GgufSpelling.GptNeoX ? ("rotary_emb_base", "rotary_pct") : ("rope_theta", "partial_rotary_factor");
        if (Number("rope.freq_base") is double number)
        {
            writer.WriteNumber(baseKey, number);
        }

        if (_architecture.Spelling is GgufSpelling.GptNeoX or GgufSpelling.Phi)
        {
            // A quarter more than the number that the share must give, against rounding.
            const double Quarter = 0.25;
            writer.WriteNumber(shareKey, turning == headWidth ? 1 : (turning + Quarter) / headWidth);
        }
        else if (turning != headWidth)
        {
            throw Refuse("rope.dimension_count", $"{headWidth}, the width of a head", $"{turning}");
        }

        if (Number("rope.local_freq_base") is double local)
        {
            writer.WriteNumber("rope_local_base_freq", local);
        }

        if (_architecture.HasFrequencyDivisors && _file.Find(DivisorsName) is { } divisors)
        {
            WriteDivisors(writer, divisors);
        }
        else
        {
            WriteScaling(writer);
        }
    }

    private void WriteDivisors(Utf8JsonWriter writer, TensorInfo divisors)
    {
        writer.WriteStartObject("rope_scaling");
        writer.WriteString("rope_type", "longrope");
        writer.WriteNumber("attention_factor", 1);
        float[] values = _file.ReadFloat32(divisors);
        foreach (string name in (string[])["short_factor", "long_factor"])
        {
            writer.WriteStartArray(name);
            foreach (float value in values)
            {
                if (!float.IsFinite(value))
                {
                    throw new ModelException(ModelError.InvalidConfiguration, $"tensor '{DivisorsName}' in '{_file.Source}': expected finite divisors, found {value}");
                }

                writer.WriteNumberValue(value);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void WriteScaling(Utf8JsonWriter writer)
    {
        const string TypeKey = "rope.scaling.type";
        Skip(TypeKey, "rope.scaling.finetuned", "rope.scaling.original_context_length");
        string? type = _metadata.FindText(Key(TypeKey));
        double? factor = Number("rope.scaling.factor") ?? Number("rope.scale_linear");
        if (type is null or "none" && (type == "none" || factor is null or 1))
        {
            return;
        }

        writer.WriteStartObject("rope_scaling");
        switch (type ?? "linear")
        {
            case "linear":
                writer.WriteString("rope_type", "linear");
                break;
            case "yarn":
                writer.WriteString("rope_type", "yarn");
                if (Integer("rope.scaling.original_context_length") is long original)
                {
                    writer.WriteNumber("original_max_position_embeddings", Size(original, "rope.scaling.original_context_length"));
                }

                break;
            default:
                throw new ModelException(ModelError.UnknownRope, $"'{_file.Source}': key '{Key(TypeKey)}': expected none, linear or yarn, found '{type}'");
        }

        writer.WriteNumber("factor", factor ?? throw Refuse("rope.scaling.factor", "a number", "none"));
        writer.WriteEndObject();
    }

    // Keys of the architecture that nobody read: refused, or named in a line.
    private List<string> Finish()
    {
        string beginning = Key(string.Empty);
        List<string> warnings = [];
        foreach (string key in _metadata.Keys.Where(key => key.StartsWith(beginning, StringComparison.Ordinal)))
        {
            string name = key[beginning.Length..];
            if (_read.Contains(name))
            {
                continue;
            }

            bool saysNothing = _metadata.Find(key) is 0u or 0 or 0f or false;
            if ((s_refused.Contains(name) || name.StartsWith("rope.", StringComparison.Ordinal)) && !saysNothing)
            {
                throw Refuse(name, "none", GgufMetadata.Describe(_metadata.Find(key)!));
            }

            if (!saysNothing)
            {
                warnings.Add($"'{_file.Source}': the key {key} is not known and was left aside".ReplaceLineEndings(" "));
            }
        }

        return warnings;
    }

    private string Key(string name) => $"{_architecture.Name}.{name}";

    private void Skip(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _read.Add(name);
        }
    }

    private long? Integer(string name)
    {
        _read.Add(name);
        return _metadata.FindInteger(Key(name));
    }

    private double? Number(string name)
    {
        _read.Add(name);
        return _metadata.FindNumber(Key(name));
    }

    private double Required(string name) => _metadata.Require(Key(name), Number(name));

    private int Size(string name) => Size(_metadata.Require(Key(name), Integer(name)), name);

    private int? SizeOrNull(string name) => Integer(name) is long size ? Size(size, name) : null;

    private int Size(long size, string name) => size is > 0 and <= LargestSize
        ? (int)size
        : throw new ModelException(ModelError.InvalidConfiguration, $"'{_file.Source}': {name}: expected a size from 1 to {LargestSize}, found {size}");

    private ModelException Refuse(string name, string expected, string found) =>
        new(ModelError.Refused, $"'{_file.Source}': key '{Key(name)}': expected {expected}, found {found}; such models are not run");
}
