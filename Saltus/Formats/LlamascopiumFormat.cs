using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// A llamascopium 2 folder: `config.json` and `sae_weights.safetensors` with `W_E` [d, M]. With sparsity_include_decoder_norm the gate
/// compares π·‖W_D,i‖ with the threshold. Cross-layer types, gated linear units and per-token norms are refused by name.
/// </summary>
internal sealed class LlamascopiumFormat : SaeFormat
{
    private const float UnitTolerance = 1e-5f;
    private const string Norms = "dataset_average_activation_norm.";

    public override string Name => "llamascopium";

    public override string LooksFor => $"{LlamaScopeR1Format.ConfigName} and {LlamaScopeR1Format.WeightsName} with W_E";

    public override bool Recognizes(SaePlace place) =>
        !place.IsFile && place.Has(LlamaScopeR1Format.ConfigName) && place.Has(LlamaScopeR1Format.WeightsName) && place.HasTensor(LlamaScopeR1Format.WeightsName, "W_E");

    public override LoadedSae Read(SaePlace place)
    {
        JsonFields config = JsonFields.Read(place.Use(LlamaScopeR1Format.ConfigName)).With(place.Hints.ConfigOverrides);
        using SafetensorsFile file = SafetensorsFile.Open(place.Use(LlamaScopeR1Format.WeightsName));
        SaeTensors tensors = new(file);
        Check(config);
        int width = config.GetPositive("d_model");
        int latents = LlamaScopeR1Format.ExpandedWidth(config, width);
        string input = config.GetString("hook_point_in");
        string output = config.GetString("hook_point_out", input);
        using SaeParts parts = new()
        {
            Encoder = tensors.TakeTransposed("W_E", width, latents),
            EncoderBias = tensors.TakeVector("b_E", latents),
            Decoder = tensors.TakeMatrix("W_D", latents, width),
            DecoderBias = config.GetBoolean("use_decoder_bias", true) ? tensors.TakeVector("b_D", width) : new float[width],
            IsTranscoder = input != output,
        };
        parts.Notes.Add("llamascopium: b_D is not subtracted from the input");
        Activation activation = ReadActivation(config, tensors, parts);
        Scale(config, tensors, parts, width, input, output);
        tensors.CheckAllTaken(config.GetString("act_fn", "relu"));
        return parts.Build(activation, new SaeMetadata
        {
            ModelName = config.GetString("model_name", null),
            HookName = input,
            OutputHookName = input == output ? null : output,
            TrainingMethod = config.GetString("act_fn", "relu"),
            SourceFormat = Name,
        });
    }

    private static void Check(JsonFields config)
    {
        if (config.GetString("sae_type", "sae") != "sae")
        {
            throw config.Invalid("sae_type", "'sae'; clt, crosscoder, lorsa and molt work on several places at once");
        }

        if (config.GetBoolean("use_glu_encoder", false))
        {
            throw config.Invalid("use_glu_encoder", "false; a gated linear unit is not one product and one threshold a latent");
        }
    }

    private static Activation ReadActivation(JsonFields config, SaeTensors tensors, SaeParts parts)
    {
        int latents = parts.EncoderBias.Length;
        bool withNorms = config.GetBoolean("sparsity_include_decoder_norm", true);
        float[] norms = new float[latents];
        for (int latent = 0; latent < latents; latent++)
        {
            norms[latent] = withNorms ? (float)SaeFolding.Norm(parts.Decoder.Row(latent)) : 1;
        }

        switch (config.GetString("act_fn", "relu"))
        {
            case "relu":
                return new JumpReluActivation(new float[latents]);
            case "jumprelu":
                float[] thresholds = SaeFolding.Exponentials(tensors.TakeVector("activation_function.log_jumprelu_threshold", latents));
                parts.Notes.Add($"thresholds: exp of log_jumprelu_threshold{(withNorms ? " ÷ the latent's decoder norm" : string.Empty)}");
                return new JumpReluActivation([.. thresholds.Select((threshold, latent) => threshold / norms[latent])]);
            case "topk" when !withNorms || !Array.Exists(norms, norm => Math.Abs(norm - 1) > UnitTolerance):
                int k = config.GetPositive("top_k");
                return k <= latents ? new TopKActivation(k, TopKRelu.Before) : throw config.Invalid("top_k", $"at most {latents}, the number of latents");
            case "topk":
                throw config.Invalid("sparsity_include_decoder_norm", "false, or decoder rows of unit length: a choice of the k largest that weighs latents by their norms and keeps their values as they are is not read");
            default:
                throw config.Invalid("act_fn", "'relu', 'jumprelu' or 'topk'; batchtopk and others have no rule for a single vector until they are converted to jumprelu");
        }
    }

    private static void Scale(JsonFields config, SaeTensors tensors, SaeParts parts, int width, string input, string output)
    {
        switch (config.GetString("norm_activation", "dataset-wise"))
        {
            case "dataset-wise":
                float inputNorm = Norm(tensors, input);
                float outputNorm = output == input ? inputNorm : Norm(tensors, output);
                parts.FoldScale(Math.Sqrt(width) / inputNorm, Math.Sqrt(width) / outputNorm);
                break;
            case "inference":
                foreach (string hook in new[] { input, output }.Distinct(StringComparer.Ordinal).Where(hook => tensors.Has(Norms + hook)))
                {
                    tensors.TakeScalar(Norms + hook);
                    parts.Notes.Add($"norm_activation 'inference': the norm of {hook} is folded already and not applied");
                }

                break;
            default:
                throw config.Invalid("norm_activation", "'dataset-wise' or 'inference'; norms of a token or of a batch are not read");
        }
    }

    private static float Norm(SaeTensors tensors, string hook)
    {
        float norm = tensors.TakeScalar(Norms + hook);
        return norm > 0 ? norm : throw tensors.Invalid(Norms + hook, $"expected a number above 0, found {norm}");
    }
}
