using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// Llama Scope (2024): `hyperparams.json` and `checkpoints/final.safetensors`. SAELens and the authors read it differently, see
/// docs/formats.md: SAELens gates π with one threshold × s, s = √d / norm_in, and folds the release list's factor into encoder and decoder;
/// the authors scale the input by s and the output by norm_out / √d, and gate π·‖decoder row‖ with the threshold as it is.
/// </summary>
internal sealed class LlamaScopeFormat : SaeFormat
{
    private const string ConfigName = "hyperparams.json";
    private const string WeightsName = "checkpoints/final.safetensors";

    public override string Name => "llama_scope";

    public override IReadOnlyList<string> Loaders => ["llama_scope"];

    public override string LooksFor => $"{ConfigName} and {WeightsName}";

    public override bool Recognizes(SaePlace place) => !place.IsFile && place.Has(ConfigName) && place.Has(WeightsName);

    public override LoadedSae Read(SaePlace place)
    {
        JsonFields config = JsonFields.Read(place.Use(ConfigName)).With(place.Hints.ConfigOverrides);
        using SafetensorsFile file = SafetensorsFile.Open(place.Use(WeightsName));
        SaeTensors tensors = new(file);
        int width = config.GetPositive("d_model");
        int latents = config.GetPositive("d_sae");
        if (config.GetString("act_fn", "jumprelu") != "jumprelu")
        {
            throw config.Invalid("act_fn", "'jumprelu'");
        }

        double threshold = config.GetDouble("jump_relu_threshold");
        JsonFields norms = config.GetObject("dataset_average_activation_norm");
        using SaeParts parts = LinearTensors.Take(tensors, latents, width);
        tensors.CheckAllTaken("llama_scope");
        double scale = Math.Sqrt(width) / Norm(norms, "in");
        bool isAuthors = place.Hints.Convention == SaeConvention.Authors;
        parts.Notes.Add(isAuthors ? "Llama Scope, as its authors describe it" : "Llama Scope, as SAELens reads it");
        float[] thresholds = isAuthors
            ? AsAuthors(config, parts, threshold, scale, Math.Sqrt(width) / Norm(norms, "out"))
            : AsSaeLens(parts, threshold, scale, place.Hints.NormScalingFactor);
        return parts.Build(new JumpReluActivation(thresholds), new SaeMetadata
        {
            ModelName = "meta-llama/Llama-3.1-8B",
            HookName = config.GetString("hook_point_in", null),
            OutputHookName = config.GetString("hook_point_out", null) is string output && output != config.GetString("hook_point_in", null) ? output : null,
            Dataset = "cerebras/SlimPajama-627B",
            ContextSize = 1024,
            PrependBos = true,
            TrainingMethod = "topk",
            SourceFormat = "llama_scope",
        });
    }

    private static double Norm(JsonFields norms, string key) => norms.GetDouble(key) is > 0 and double norm ? norm : throw norms.Invalid(key, "a number above 0");

    private static float[] AsSaeLens(SaeParts parts, double threshold, double scale, double? factor)
    {
        float[] thresholds = new float[parts.EncoderBias.Length];
        Array.Fill(thresholds, (float)(threshold * scale));
        parts.Notes.Add(FormattableString.Invariant($"thresholds: jump_relu_threshold × √d / norm_in = {threshold * scale:G9} for every latent; decoder norms and norm_out are not looked at"));
        if (factor is double given)
        {
            parts.FoldScale(given);
        }
        else
        {
            parts.Notes.Add("no norm_scaling_factor is known: inputs are not scaled, as SAELens does without a list of releases");
        }

        return thresholds;
    }

    private static float[] AsAuthors(JsonFields config, SaeParts parts, double threshold, double scale, double outputScale)
    {
        if (threshold < 0)
        {
            throw config.Invalid("jump_relu_threshold", "0 or more");
        }

        if (config.GetBoolean("apply_decoder_bias_to_pre_encoder", false))
        {
            parts.FoldInputBias(parts.DecoderBias, "the decoder bias is subtracted from the scaled input: folded into the encoder bias");
        }

        bool withNorms = config.GetBoolean("sparsity_include_decoder_norm", true);
        float[] thresholds = new float[parts.EncoderBias.Length];
        for (int latent = 0; latent < thresholds.Length; latent++)
        {
            thresholds[latent] = (float)(threshold / (withNorms ? SaeFolding.Norm(parts.Decoder.Row(latent)) : 1));
        }

        parts.Notes.Add(withNorms ? "thresholds: jump_relu_threshold ÷ the latent's decoder norm" : "thresholds: jump_relu_threshold for every latent");
        parts.FoldScale(scale, outputScale);
        return thresholds;
    }
}
