using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Gemma Scope 2: `params.safetensors` with `config.json`, or one file a layer of a cross-layer transcoder, whose decoders are summed over the
/// layers they write to. Raw activations in, b_dec not subtracted; an affine skip connection is stored [d_in, d_out].
/// </summary>
internal sealed class GemmaScope2Format : SaeFormat
{
    private const string FileName = "params.safetensors";
    private const string ConfigName = "config.json";
    private const string Skip = "affine_skip_connection";

    public override string Name => "gemma_scope_2";

    public override IReadOnlyList<string> Loaders => ["gemma_3"];

    public override string LooksFor => $"{FileName}, or params_layer_N.safetensors";

    public override bool Recognizes(SaePlace place) =>
        place.IsFile ? place.FileName.StartsWith("params", StringComparison.Ordinal) && place.FileName.EndsWith(".safetensors", StringComparison.Ordinal) : place.Has(FileName);

    public override LoadedSae Read(SaePlace place)
    {
        bool isWholeFolder = !place.IsFile || place.FileName == FileName;
        using SafetensorsFile file = SafetensorsFile.Open(place.IsFile ? place.UseFile() : place.Use(FileName));
        JsonFields? config = isWholeFolder && place.Has(ConfigName) ? JsonFields.Read(place.Use(ConfigName)).With(place.Hints.ConfigOverrides) : null;
        if (config is not null && config.GetString("architecture") != "jump_relu")
        {
            throw config.Invalid("architecture", "'jump_relu'");
        }

        SaeTensors tensors = new(file);
        int width = tensors.Dimension("w_enc", 0);
        int latents = tensors.Dimension("w_enc", 1);
        bool isCrossLayer = tensors.Look("w_dec").Shape.Count == 3;
        int outputWidth = tensors.Dimension("w_dec", isCrossLayer ? 2 : 1);
        bool hasSkip = config is null ? place.InnerFolders.Any(folder => folder.Contains("affine", StringComparison.Ordinal)) : config.GetBoolean("affine_connection", false);
        SaeMetadata metadata = Metadata(place, config);
        (Matrix weights, bool isColumns) = tensors.TakeEncoder("w_enc", width, latents, place.Hints.Mapping);
        using SaeParts parts = new()
        {
            Encoder = weights,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector("b_enc", latents),
            Decoder = isCrossLayer ? tensors.TakeSummed("w_dec", latents, outputWidth) : tensors.TakeMatrix("w_dec", latents, outputWidth, place.Hints.Mapping),
            DecoderBias = tensors.TakeVector("b_dec", outputWidth),
            IsTranscoder = isCrossLayer || hasSkip || outputWidth != width || metadata.OutputHookName is not null,
        };
        parts.Notes.Add("Gemma Scope 2: b_dec is not subtracted from the input");
        parts.Notes.Add("thresholds: tensor 'threshold', as stored");
        float[] thresholds = tensors.TakeVector("threshold", latents);
        if (isCrossLayer)
        {
            parts.Notes.Add("cross-layer transcoder: decoders are summed over the layers they write to");
        }

        if (hasSkip)
        {
            parts.Skip = tensors.TakeTransposed(Skip, width, outputWidth);
            parts.Notes.Add("affine connection: the raw input times it is added to the output");
        }

        tensors.CheckAllTaken(hasSkip ? "jump_relu with affine connection" : "jump_relu without affine connection");
        return parts.Build(new JumpReluActivation(thresholds), metadata);
    }

    private static SaeMetadata Metadata(SaePlace place, JsonFields? config)
    {
        string? layer = HookNames.Layer(place.FolderName);
        string folder = place.FolderName;
        bool isTranscoder = folder.Contains("transcoder", StringComparison.Ordinal) || folder.Contains("clt", StringComparison.Ordinal);
        string? byFolder = layer is null || isTranscoder ? null
            : folder.Contains("resid_post", StringComparison.Ordinal) ? $"blocks.{layer}.hook_resid_post"
            : folder.Contains("attn_out", StringComparison.Ordinal) ? $"blocks.{layer}.hook_attn_out"
            : folder.Contains("mlp_out", StringComparison.Ordinal) ? $"blocks.{layer}.hook_mlp_out"
            : null;
        string? output = config?.GetString("hf_hook_point_out", null);
        return new SaeMetadata
        {
            ModelName = config?.GetString("model_name", null),
            HookName = config is null ? byFolder : HookNames.FromGemmaScope2(config.GetString("hf_hook_point_in", null)),
            OutputHookName = output is not null ? HookNames.FromGemmaScope2(output) ?? output : isTranscoder && config is null && layer is not null ? $"blocks.{layer}.hook_mlp_out" : null,
            PrependBos = true,
            ContextSize = 1024,
            TrainingMethod = "jumprelu",
            SourceFormat = "gemma_scope_2",
        };
    }
}
