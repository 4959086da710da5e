using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>The two architectures of SAELens that are not one product and one rule.</summary>
internal static class SaeLensOthers
{
    public static LoadedSae Pursuit(SaeLensConfig config, string configPath, SaeTensors tensors, ActivationScaler? scaler, List<string> notes)
    {
        if (scaler?.Mean is not null)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, $"'{configPath}': matching_pursuit: expected no whitening, found its statistics");
        }

        JsonFields fields = config.Fields;
        MatchingPursuitOptions options = new()
        {
            ResidualThreshold = fields.GetDouble("residual_threshold", new MatchingPursuitOptions().ResidualThreshold),
            MaxSteps = fields.Has("max_iterations") ? fields.GetPositive("max_iterations") : null,
            StopsOnSameSupport = fields.GetBoolean("stop_on_duplicate_support", true),
            UsesBias = config.SubtractsDecoderBias,
            Transform = config.ReadTransform(configPath, notes),
        };
        notes.Add(config.SubtractsDecoderBias ? "b_dec is subtracted from the input and added to the output" : "b_dec is neither subtracted nor added");
        Matrix decoder = tensors.TakeMatrix("W_dec", config.Latents, config.InputWidth);
        try
        {
            float[] bias = tensors.TakeVector("b_dec", config.InputWidth);
            if (scaler?.Factor is double scale)
            {
                // Only the peer says what a factor that is folded into directions does to a pursuit, which depends on their lengths.
                throw new SaeFormatException(
                    SaeFormatError.CheckpointUnsupported,
                    FormattableString.Invariant($"'{configPath}': a matching pursuit on activations scaled by {scale:G9}; save it for inference with SAELens and read that folder"));
            }

            tensors.DropScalingFactor(config.Latents, notes);
            tensors.CheckAllTaken(config.Architecture);
            return new LoadedSae(new MatchingPursuitAutoencoder(decoder, bias, options) { Metadata = config.ReadMetadata() }, notes);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    public static LoadedSae Temporal(SaeLensConfig config, string configPath, SaeTensors tensors, List<string> notes)
    {
        JsonFields fields = config.Fields;
        const string Rescale = "constant_scalar_rescale";
        bool isScaled = config.Normalization == Rescale;
        bool isTied = fields.GetBoolean("tied_weights", true);
        TemporalSettings settings = new(
            fields.GetInt32("n_heads", 8),
            fields.GetInt32("n_attn_layers", 1),
            fields.GetInt32("bottleneck_factor", 64),
            fields.GetString("sae_diff_type", "topk") == "topk" && fields.Has("kval_topk") ? fields.GetPositive("kval_topk") : null,
            isTied,
            isScaled ? fields.GetDouble("activation_normalization_factor", 1) : 1)
        {
            Transform = isScaled ? InputTransform.None : config.ReadTransform(configPath, notes),
            SubtractsBias = config.SubtractsDecoderBias,
            AddsBias = !isTied || config.SubtractsDecoderBias,
        };
        return settings.Build(tensors, new TemporalNames("W_dec", "b_dec", "W_enc"), config.Latents, config.InputWidth, config.ReadMetadata(), notes);
    }
}
