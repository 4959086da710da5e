using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>Llama-Scope-R1-Distill: `config.json` and `sae_weights.safetensors` with two linear layers and the logarithms of the thresholds.</summary>
internal sealed class LlamaScopeR1Format : SaeFormat
{
    internal const string ConfigName = "config.json";
    internal const string WeightsName = "sae_weights.safetensors";

    public override string Name => "llama_scope_r1_distill";

    public override IReadOnlyList<string> Loaders => ["llama_scope_r1_distill"];

    public override string LooksFor => $"{ConfigName} and {WeightsName} with encoder.weight";

    public override bool Recognizes(SaePlace place) => !place.IsFile && place.Has(ConfigName) && place.Has(WeightsName) && place.HasTensor(WeightsName, "encoder.weight");

    public override LoadedSae Read(SaePlace place)
    {
        JsonFields config = JsonFields.Read(place.Use(ConfigName)).With(place.Hints.ConfigOverrides);
        using SafetensorsFile file = SafetensorsFile.Open(place.Use(WeightsName));
        SaeTensors tensors = new(file);
        int width = config.GetPositive("d_model");
        int latents = config.Has("d_sae") ? config.GetPositive("d_sae") : ExpandedWidth(config, width);
        using SaeParts parts = LinearTensors.Take(tensors, latents, width);
        float[] thresholds = SaeFolding.Exponentials(tensors.TakeVector("log_jumprelu_threshold", latents));
        tensors.CheckAllTaken(Name);
        parts.Notes.Add("Llama-Scope-R1-Distill: b_dec is not subtracted from the input");
        parts.Notes.Add("thresholds: exp of the tensor 'log_jumprelu_threshold'");
        if (place.Hints.NormScalingFactor is double factor)
        {
            parts.FoldScale(factor);
        }

        return parts.Build(new JumpReluActivation(thresholds), new SaeMetadata
        {
            ModelName = "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
            HookName = config.GetString("hook_point_in", null),
            OutputHookName = config.GetString("hook_point_out", null) is string output && output != config.GetString("hook_point_in", null) ? output : null,
            PrependBos = true,
            TrainingMethod = "jumprelu",
            SourceFormat = Name,
        });
    }

    /// <summary>d times an expansion factor that need not be whole.</summary>
    internal static int ExpandedWidth(JsonFields config, int width)
    {
        double latents = Math.Round(width * config.GetDouble("expansion_factor"));
        return latents is >= 1 and <= int.MaxValue ? (int)latents : throw config.Invalid("expansion_factor", "a number that gives 1 to 2^31 − 1 latents");
    }
}
