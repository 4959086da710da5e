using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>What the `config.yaml` of a set of transcoders says about one layer's.</summary>
internal static class TranscoderMetadata
{
    public static SaeMetadata Read(SaePlace place, string configName, string? layer, string format)
    {
        YamlFields? config = place.Has(configName) ? YamlFields.Read(place.Use(configName)) : null;
        return new SaeMetadata
        {
            ModelName = config?.GetString("model_name", null),
            HookName = Hook(config?.GetString("feature_input_hook", null), layer),
            OutputHookName = Hook(config?.GetString("feature_output_hook", null) ?? "hook_mlp_out", layer) ?? "hook_mlp_out",
            PrependBos = true,
            SourceFormat = format,
        };
    }

    private static string? Hook(string? name, string? layer) => name is null || layer is null ? null : $"blocks.{layer}.{name}";
}
