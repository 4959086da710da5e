using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>
/// Reads config.json key by key and notes which keys were read, so that the rest can be sorted into those without effect, those that
/// are refused, and those that nobody knows.
/// </summary>
internal sealed class ModelConfigurationReader(JsonFields fields)
{
    /// <summary>Larger sizes than any model has: what is above is a damaged file.</summary>
    private const int LargestSize = 1 << 24;

    /// <summary>More layers than any model has: lists with one entry a layer are made before weights are looked at.</summary>
    private const int MostLayers = 4096;

    private static readonly HashSet<string> s_withoutEffect =
    [
        "architectures", "transformers_version", "use_cache", "initializer_range", "pretraining_tp", "reorder_and_upcast_attn", "is_decoder", "unk_token_id",
        "_name_or_path", "bos_token_id", "eos_token_id", "cache_implementation", "task_specific_params", "dtype", "torch_dtype",
    ];

    private static readonly string[] s_endsWithoutEffect = ["_pdrop", "_dropout"];
    private static readonly string[] s_beginningsWithoutEffect = ["summary_", "output_"];
    private static readonly string[] s_refused =
        ["quantization_config", "use_bidirectional_attention", "add_cross_attention", "is_encoder_decoder", "auto_map"];

    private readonly HashSet<string> _read = [];

    /// <summary>The file that errors name.</summary>
    public string Source => fields.Source;

    /// <summary>Whether the key is there, be it null.</summary>
    public bool IsPresent(string key)
    {
        _read.Add(key);
        return fields.Element.TryGetProperty(key, out _);
    }

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key)
    {
        _read.Add(key);
        return fields.Has(key);
    }

    /// <summary>Marks keys as known whose value another key decides.</summary>
    public void Skip(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
        {
            _read.Add(key);
        }
    }

    public string Text(string key) => Has(key) ? fields.GetString(key) : throw Missing(key);

    public string Text(string key, string absent) => Has(key) ? fields.GetString(key) : absent;

    public bool Flag(string key, bool absent) => Has(key) ? fields.GetBoolean(key) : absent;

    public JsonFields? FindObject(string key) => Has(key) ? fields.GetObject(key) : null;

    /// <summary>A whole number of any sign, with what a missing key or null means.</summary>
    public int Number(string key, int absent) => Has(key) ? fields.GetInt32(key) : absent;

    /// <summary>The raw value of a key.</summary>
    public JsonElement? Element(string key)
    {
        _read.Add(key);
        return fields.TryGetElement(key, out JsonElement element) ? element : null;
    }

    /// <summary>A size: at least 1, at most <see cref="LargestSize"/>.</summary>
    public int Size(string key) => Has(key) ? CheckSize(key, fields.GetInt32(key)) : throw Missing(key);

    /// <summary>A number of layers: at least 1, at most <see cref="MostLayers"/>.</summary>
    public int Layers(string key) => Size(key) is <= MostLayers and int layers ? layers : throw Invalid(key, $"at most {MostLayers} layers");

    /// <summary>A size with what a missing key or null means.</summary>
    public int Size(string key, int absent) => Has(key) ? CheckSize(key, fields.GetInt32(key)) : absent;

    /// <summary>A size that null switches off and that a missing key sets to <paramref name="absent"/>.</summary>
    public int? NullableSize(string key, int? absent) => Has(key) ? Size(key) : IsPresent(key) ? null : absent;

    /// <summary>A number above 0 with what a missing key or null means.</summary>
    public double Positive(string key, double absent) => Has(key) ? CheckPositive(key, fields.GetDouble(key)) : absent;

    /// <summary>A number above 0 that null switches off and that a missing key sets to <paramref name="absent"/>.</summary>
    public double? NullablePositive(string key, double? absent) => Has(key) ? Positive(key, 0) : IsPresent(key) ? null : absent;

    /// <summary>One of a few words.</summary>
    public ActivationKind Activation(string key, string absent)
    {
        string name = Text(key, absent);
        return name switch
        {
            "gelu" => ActivationKind.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" => ActivationKind.GeluTanh,
            "silu" => ActivationKind.Silu,
            _ => throw new ModelException(
                ModelError.UnknownActivation, $"'{Source}': {key}: expected gelu, gelu_new, gelu_pytorch_tanh or silu, found '{name}'"),
        };
    }

    /// <summary>The strings of a list; what is no string, or not valid text, stands as its raw JSON.</summary>
    public static IReadOnlyList<string> Texts(JsonElement list)
    {
        List<string> texts = [];
        foreach (JsonElement element in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default)
        {
            string raw = element.GetRawText();

            // Escapes can spell half of a surrogate pair, which is no text: no word that is looked for has an escape.
            texts.Add(element.ValueKind == JsonValueKind.String && !raw.Contains('\\') ? raw[1..^1] : raw);
        }

        return texts;
    }

    /// <summary>The error of a value that cannot be used.</summary>
    public ModelException Invalid(string key, string expected) => new(
        ModelError.InvalidConfiguration, $"'{Source}': {key}: expected {expected}, found {(Element(key) is { } value ? Shorten(value) : "none")}");

    /// <summary>The error of two keys that contradict each other.</summary>
    public ModelException Contradiction(string message) => new(ModelError.Contradiction, $"'{Source}': {message}");

    /// <summary>Sorts the keys that nobody read.</summary>
    /// <returns>One line for each unknown key.</returns>
    /// <exception cref="ModelException">One of them is refused.</exception>
    public IReadOnlyList<string> Finish()
    {
        foreach (string key in s_refused)
        {
            if (fields.TryGetElement(key, out JsonElement value) && value.ValueKind != JsonValueKind.False)
            {
                throw new ModelException(ModelError.Refused, $"'{Source}': {key}: expected none, found {Shorten(value)}; such models are not run");
            }
        }

        return [.. fields.Keys.Where(IsUnknown).Select(key => $"'{Source}': the key {key} is not known and was left aside".ReplaceLineEndings(" "))];
    }

    private static string Shorten(JsonElement value)
    {
        const int Shown = 40;
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= Shown ? text : string.Concat(text.AsSpan(0, Shown), "…");
    }

    private bool IsUnknown(string key) => !_read.Contains(key) && !s_withoutEffect.Contains(key) && !s_refused.Contains(key)
        && !s_endsWithoutEffect.Any(end => key.EndsWith(end, StringComparison.Ordinal))
        && !s_beginningsWithoutEffect.Any(beginning => key.StartsWith(beginning, StringComparison.Ordinal));

    private int CheckSize(string key, int value) => value is >= 1 and <= LargestSize ? value : throw Invalid(key, $"a whole number from 1 to {LargestSize}");

    private double CheckPositive(string key, double value) => value > 0 ? value : throw Invalid(key, "a number above 0");

    private ModelException Missing(string key) => new(ModelError.InvalidConfiguration, $"'{Source}': {key}: expected it to be there, found no such key");
}
