using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>The published temporal SAEs: `conf.yaml` and `latest_ckpt.safetensors`.</summary>
internal sealed class TemporalReleaseFormat : SaeFormat
{
    private const string ConfigName = "conf.yaml";
    private const string WeightsName = "latest_ckpt.safetensors";

    public override string Name => "temporal_release";

    public override IReadOnlyList<string> Loaders => ["temporal"];

    public override string LooksFor => $"{ConfigName} and {WeightsName}";

    public override bool Recognizes(SaePlace place) => !place.IsFile && place.Has(ConfigName) && place.Has(WeightsName);

    public override LoadedSae Read(SaePlace place)
    {
        YamlFields config = YamlFields.Read(place.Use(ConfigName));
        using SafetensorsFile file = SafetensorsFile.Open(place.Use(WeightsName));
        int width = config.GetPositive("llm.dimin");
        double latents = width * config.GetDouble("sae.exp_factor", 0);
        if (latents is not (>= 1 and <= int.MaxValue))
        {
            throw config.Invalid("sae.exp_factor", "a number that gives 1 to 2^31 − 1 latents");
        }

        TemporalSettings settings = new(
            config.GetPositive("sae.n_heads"),
            config.GetPositive("sae.n_attn_layers"),
            config.GetPositive("sae.bottleneck_factor"),
            Kind(config) == "topk" && config.Has("sae.kval_topk") ? config.GetPositive("sae.kval_topk") : null,
            config.GetBoolean("sae.tied_weights", true),
            config.GetDouble("sae.scaling_factor", 1));
        List<string> notes = ["temporal SAE: the bias is subtracted from the scaled input and added to the output"];
        JsonFields? overrides = place.Hints.ConfigOverrides is { ValueKind: System.Text.Json.JsonValueKind.Object } given ? JsonFields.FromElement(given, place.Folder) : null;
        return settings.Build(new SaeTensors(file), new TemporalNames("D", "b", "E"), (int)latents, width, new SaeMetadata
        {
            ModelName = overrides?.GetString("model_name", null),
            HookName = overrides?.GetString("hook_name", null) ?? (HookNames.Layer(place.FolderName) is string layer ? $"blocks.{layer}.hook_resid_post" : null),
            Dataset = overrides?.GetString("dataset_path", null),
            PrependBos = true,
            TrainingMethod = "temporal",
            SourceFormat = Name,
        }, notes);
    }

    private static string Kind(YamlFields config)
    {
        string kind = config.GetString("sae.sae_diff_type", "topk")!;
        return kind is "topk" or "relu" ? kind : throw config.Invalid("sae.sae_diff_type", "'topk' or 'relu'");
    }
}
