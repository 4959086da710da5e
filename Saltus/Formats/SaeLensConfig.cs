using System.Text.Json;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// A SAELens `cfg.json`: of version 6 (nested metadata), or the flat ones of version 5 and before, brought into the form of 6. Which it
/// is the key `sae_lens_version` says; keys that inference does not need are ignored, as SAELens does.
/// </summary>
internal sealed class SaeLensConfig
{
    private static readonly string[] s_architectures =
    [
        "standard", "topk", "abstopk", "jumprelu", "gated", "transcoder", "skip_transcoder", "jumprelu_transcoder", "jumprelu_skip_transcoder",
        "temporal", "matching_pursuit", "batchtopk", "matryoshka_batchtopk",
    ];

    private readonly JsonFields _fields;
    private readonly JsonFields? _nested;

    private SaeLensConfig(JsonFields fields)
    {
        _fields = fields;
        _nested = fields.FindObject("metadata");
        IsVersion6 = MajorVersion(fields, _nested) >= 6;
        Architecture = ReadArchitecture();
        InputWidth = fields.GetPositive("d_in");
        Latents = fields.GetPositive("d_sae");
        OutputWidth = fields.Has("d_out") ? fields.GetPositive("d_out") : null;
        SubtractsDecoderBias = fields.GetBoolean("apply_b_dec_to_input", !IsTranscoder);
        RescalesByDecoderNorm = fields.GetBoolean("rescale_acts_by_decoder_norm", false);
        Normalization = ReadNormalization();
        ReshapesHeads = fields.GetString("reshape_activations", "none") switch
        {
            "none" => HookName?.Contains("hook_z", StringComparison.Ordinal) == true && !IsVersion6,
            "hook_z" => true,
            _ => throw fields.Invalid("reshape_activations", "'none' or 'hook_z'"),
        };
    }

    public bool IsVersion6 { get; }

    public string Architecture { get; }

    public int InputWidth { get; }

    public int Latents { get; }

    /// <summary>The width of a transcoder's output, where the file says it.</summary>
    public int? OutputWidth { get; }

    public bool SubtractsDecoderBias { get; }

    public bool RescalesByDecoderNorm { get; }

    /// <summary>The normalisation as version 6 names it.</summary>
    public string Normalization { get; }

    public bool ReshapesHeads { get; }

    public bool IsTranscoder => Architecture.EndsWith("transcoder", StringComparison.Ordinal);

    /// <summary>Whether training wrote it and not the saving for inference: only training saves carry the decoder's first norm.</summary>
    public bool IsCheckpoint => _fields.Has("decoder_init_norm") || Architecture.EndsWith("batchtopk", StringComparison.Ordinal);

    /// <exception cref="SaeFormatException">SAELens has no such architecture, or not with these settings.</exception>
    public void CheckArchitecture(string path)
    {
        if (Array.IndexOf(s_architectures, Architecture) < 0)
        {
            throw new SaeFormatException(
                SaeFormatError.ArchitectureUnknown,
                $"'{path}': architecture: expected {string.Join(", ", s_architectures)}, found '{Architecture.ReplaceLineEndings(" ")}'");
        }

        if (IsTranscoder && SubtractsDecoderBias)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, $"'{path}': apply_b_dec_to_input: expected false for a transcoder, found true");
        }
    }

    /// <summary>What is done to each vector on its way in.</summary>
    /// <exception cref="SaeFormatException">It is a normalisation that the architecture does not have.</exception>
    public InputTransform ReadTransform(string path, List<string> notes)
    {
        if (ReshapesHeads)
        {
            notes.Add("hook_z: heads are concatenated into one vector");
        }

        switch (Normalization)
        {
            case "none" or "covariance_whitening":
                return InputTransform.None;
            case "expected_average_only_in":
                notes.Add("normalize_activations 'expected_average_only_in': applied only where a list of releases or a checkpoint names the factor, as SAELens does");
                return InputTransform.None;
            case "constant_norm_rescale":
                notes.Add("each vector is rescaled to norm √d, and the output back");
                return InputTransform.ConstantNorm;
            case "layer_norm":
                notes.Add(IsTranscoder ? "each vector is normalised (layer_norm); the output is not scaled back" : "each vector is normalised (layer_norm), and the output scaled back");
                return InputTransform.LayerNorm;
            default:
                throw new SaeFormatException(
                    SaeFormatError.NormalizationUnsupported,
                    $"'{path}': normalize_activations: expected none, expected_average_only_in, constant_norm_rescale or layer_norm, found '{Normalization.ReplaceLineEndings(" ")}'");
        }
    }

    private string? HookName => Text("hook_name") ?? Text("hook_point");

    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="SaeFormatException">A key is missing or wrong.</exception>
    public static SaeLensConfig Read(string path, JsonElement? overrides)
    {
        try
        {
            return new SaeLensConfig(JsonFields.Read(path).With(overrides));
        }
        catch (JsonFieldException exception)
        {
            throw Invalid(exception);
        }
    }

    /// <summary>The fields, for what only some architectures have.</summary>
    public JsonFields Fields => _fields;

    /// <summary>Mean number of latents a vector that a training class keeps; need not be whole.</summary>
    public double ReadBatchK()
    {
        try
        {
            double k = _fields.GetDouble("k");
            return k > 0 && k <= Latents ? k : throw _fields.Invalid("k", $"above 0 and at most d_sae, which is {Latents}");
        }
        catch (JsonFieldException exception)
        {
            throw Invalid(exception);
        }
    }

    public int ReadK()
    {
        try
        {
            JsonFields? old = _fields.Has("k") ? null : _fields.FindObject("activation_fn_kwargs");
            int k = (old ?? _fields).GetPositive("k");
            return k <= Latents ? k : throw _fields.Invalid("k", $"at most d_sae, which is {Latents}");
        }
        catch (JsonFieldException exception)
        {
            throw Invalid(exception);
        }
    }

    public SaeMetadata ReadMetadata()
    {
        try
        {
            return new SaeMetadata
            {
                ModelName = Text("model_name"),
                HookName = HookName,
                OutputHookName = Text("hook_name_out"),
                ContextSize = Where("context_size")?.GetInt32("context_size"),
                PrependBos = Where("prepend_bos")?.GetBoolean("prepend_bos"),
                Dataset = Text("dataset_path"),
                TrainingMethod = Text("training_architecture"),
                SourceFormat = "saelens",
            };
        }
        catch (JsonFieldException exception)
        {
            throw Invalid(exception);
        }
    }

    private static SaeFormatException Invalid(JsonFieldException exception) => new(SaeFormatError.ConfigInvalid, exception.Message, exception);

    private static int MajorVersion(JsonFields fields, JsonFields? nested)
    {
        string version = fields.GetString("sae_lens_version", null) ?? nested?.GetString("sae_lens_version", null) ?? string.Empty;
        return int.TryParse(version.Split('.')[0], out int major) ? major : 0;
    }

    private string ReadArchitecture()
    {
        if (IsVersion6)
        {
            return _fields.GetString("architecture");
        }

        // Before version 6 the activation function was a key of its own, and "standard" with it was a TopK SAE.
        string key = _fields.Has("activation_fn_str") ? "activation_fn_str" : "activation_fn";
        string activation = _fields.GetString(key, "relu");
        string architecture = _fields.GetString("architecture", "standard");
        if (activation is not ("relu" or "topk"))
        {
            throw _fields.Invalid(key, "'relu' or 'topk'");
        }

        return architecture == "standard" && activation == "topk" ? "topk" : architecture;
    }

    private string ReadNormalization()
    {
        const string Key = "normalize_activations";
        if (!_fields.TryGetElement(Key, out JsonElement value) || value.ValueKind == JsonValueKind.False)
        {
            return "none";
        }

        return value.ValueKind == JsonValueKind.True ? "expected_average_only_in" : _fields.GetString(Key);
    }

    private JsonFields? Where(string key) => _nested?.Has(key) == true ? _nested : _fields.Has(key) ? _fields : null;

    private string? Text(string key) => Where(key)?.GetString(key);
}
