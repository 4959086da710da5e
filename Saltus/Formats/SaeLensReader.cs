using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Reads a SAELens folder (`cfg.json`, `sae_weights.safetensors`) of version 6, or 5 and older. Everything that can be folded into
/// weights is: the decoder bias subtracted from the input, decoder norms of a rescaled TopK, the two paths of a gated encoder.
/// </summary>
public static class SaeLensReader
{
    /// <summary>The configuration.</summary>
    public const string ConfigName = "cfg.json";

    /// <summary>The weights.</summary>
    public const string WeightsName = "sae_weights.safetensors";

    private const string ScalerName = "activation_scaler.json";
    private const string ConvertFirst = "save it for inference with SAELens (save_inference_model) and read that folder";

    /// <summary>Whether a folder holds the two files.</summary>
    /// <param name="folder">A folder.</param>
    /// <returns>Whether it can be a SAELens folder.</returns>
    public static bool IsSaeLensFolder(string folder) =>
        File.Exists(Path.Combine(folder, ConfigName)) && File.Exists(Path.Combine(folder, WeightsName));

    /// <summary>Reads an SAE.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The SAE and what was applied to it.</returns>
    /// <exception cref="SaeFormatException">The folder is no SAE that can be expressed here, or its files contradict one another.</exception>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static LoadedSae Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (string name in new[] { ConfigName, WeightsName })
        {
            if (!File.Exists(Path.Combine(folder, name)))
            {
                throw new SaeFormatException(SaeFormatError.FileMissing, $"'{folder}': expected {ConfigName} and {WeightsName} of SAELens, found no {name}");
            }
        }

        string configPath = Path.Combine(folder, ConfigName);
        SaeLensConfig config = SaeLensConfig.Read(configPath);
        CheckArchitecture(config, configPath, folder);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsName));
        return Build(config, configPath, new SaeTensors(file));
    }

    private static void CheckArchitecture(SaeLensConfig config, string path, string folder)
    {
        string found = $"'{path}': architecture";
        switch (config.Architecture)
        {
            case "standard" or "topk" or "abstopk" or "jumprelu" or "gated":
            case "transcoder" or "skip_transcoder" or "jumprelu_transcoder" or "jumprelu_skip_transcoder":
                break;
            case "temporal" or "matching_pursuit":
                throw new SaeFormatException(
                    SaeFormatError.ArchitectureUnsupported, $"{found}: '{config.Architecture}' is not one product and one threshold a latent, and is not read yet; use SAELens for it");
            case "batchtopk" or "matryoshka_batchtopk":
                throw new SaeFormatException(
                    SaeFormatError.CheckpointUnsupported, $"{found}: '{config.Architecture}' exists only while training; {ConvertFirst}");
            default:
                throw new SaeFormatException(
                    SaeFormatError.ArchitectureUnknown,
                    $"{found}: expected standard, topk, abstopk, jumprelu, gated or a transcoder, found '{config.Architecture.ReplaceLineEndings(" ")}'");
        }

        if (config.IsCheckpoint || File.Exists(Path.Combine(folder, ScalerName)))
        {
            throw new SaeFormatException(
                SaeFormatError.CheckpointUnsupported, $"'{folder}': a training checkpoint, whose weights may be on scaled activations; {ConvertFirst}");
        }

        if (config.IsTranscoder && config.SubtractsDecoderBias)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, $"'{path}': apply_b_dec_to_input: expected false for a transcoder, found true");
        }
    }

    private static LoadedSae Build(SaeLensConfig config, string configPath, SaeTensors tensors)
    {
        List<string> notes = [$"SAELens {(config.IsVersion6 ? "6" : "5 or older")}, architecture {config.Architecture}"];
        InputTransform transform = Transform(config, configPath, notes);
        (int width, int latents) = (config.InputWidth, config.Latents);
        int outputWidth = config.IsTranscoder ? config.OutputWidth ?? (int)Math.Min(tensors.LastDimension("W_dec"), int.MaxValue) : width;
        Matrix? encoder = null;
        Matrix? decoder = null;
        Matrix? skip = null;
        try
        {
            encoder = tensors.TakeTransposed("W_enc", width, latents);
            decoder = tensors.TakeMatrix("W_dec", latents, outputWidth);
            float[] decoderBias = tensors.TakeVector("b_dec", outputWidth);
            float[] inputBias = config.SubtractsDecoderBias ? decoderBias : [];
            if (config.SubtractsDecoderBias)
            {
                notes.Add("b_dec is subtracted from the input: folded into the encoder bias");
            }

            (float[] encoderBias, Activation activation, float[] norms) = Encoding(config, tensors, encoder, decoder, inputBias, notes);
            skip = config.Architecture.Contains("skip", StringComparison.Ordinal) ? tensors.TakeMatrix("W_skip", outputWidth, width) : null;
            DropScalingFactor(tensors, latents, notes);
            tensors.CheckAllTaken(config.Architecture);
            SparseAutoencoder sae = new(encoder, encoderBias, decoder, decoderBias, activation)
            {
                Transform = transform,
                UndoesTransform = !config.IsTranscoder,
                SkipWeights = skip,
                Metadata = config.ReadMetadata(),
            };
            return new LoadedSae(sae, notes) { FoldedDecoderNorms = norms };
        }
        catch
        {
            encoder?.Dispose();
            decoder?.Dispose();
            skip?.Dispose();
            throw;
        }
    }

    private static (float[] EncoderBias, Activation Activation, float[] FoldedNorms) Encoding(
        SaeLensConfig config, SaeTensors tensors, Matrix encoder, Matrix decoder, ReadOnlySpan<float> inputBias, List<string> notes)
    {
        int latents = config.Latents;
        if (config.Architecture == "gated")
        {
            (float[] bias, float[] gates) = SaeFolding.Gates(
                encoder, inputBias, tensors.TakeVector("b_gate", latents), tensors.TakeVector("b_mag", latents), tensors.TakeVector("r_mag", latents));
            notes.Add("gated encoder: folded into a JumpReLU with threshold b_mag − b_gate·exp(r_mag)");
            return (bias, new JumpReluActivation(gates), []);
        }

        float[] encoderBias = tensors.TakeVector("b_enc", latents);
        if (!inputBias.IsEmpty)
        {
            SaeFolding.InputBias(encoder, encoderBias, inputBias);
        }

        float[] norms = [];
        bool isTopK = config.Architecture is "topk" or "abstopk";
        if (isTopK && config.RescalesByDecoderNorm)
        {
            norms = SaeFolding.DecoderNorms(encoder, encoderBias, decoder);
            notes.Add("activations are rescaled by decoder norms: folded, decoder rows are of unit length");
        }

        if (config.Architecture.StartsWith("jumprelu", StringComparison.Ordinal))
        {
            notes.Add("thresholds: tensor 'threshold', as stored");
            return (encoderBias, new JumpReluActivation(tensors.TakeVector("threshold", latents)), norms);
        }

        return (encoderBias, config.Architecture switch
        {
            "topk" => new TopKActivation(config.ReadK(), TopKRelu.After),
            "abstopk" => new AbsTopKActivation(config.ReadK()),
            _ => new JumpReluActivation(new float[latents]),
        }, norms);
    }

    private static InputTransform Transform(SaeLensConfig config, string path, List<string> notes)
    {
        if (config.ReshapesHeads)
        {
            notes.Add("hook_z: heads are concatenated into one vector");
        }

        switch (config.Normalization)
        {
            case "none":
                return InputTransform.None;
            case "expected_average_only_in":
                notes.Add("normalize_activations 'expected_average_only_in': no factor is stored, so none is applied (as SAELens loads it from disk)");
                return InputTransform.None;
            case "constant_norm_rescale":
                notes.Add("each vector is rescaled to norm √d, and the output back");
                return InputTransform.ConstantNorm;
            case "layer_norm":
                notes.Add(config.IsTranscoder ? "each vector is normalised (layer_norm); the output is not scaled back" : "each vector is normalised (layer_norm), and the output scaled back");
                return InputTransform.LayerNorm;
            case "covariance_whitening":
                throw new SaeFormatException(SaeFormatError.CheckpointUnsupported, $"'{path}': normalize_activations: 'covariance_whitening' exists only while training; {ConvertFirst}");
            default:
                throw new SaeFormatException(
                    SaeFormatError.NormalizationUnsupported,
                    $"'{path}': normalize_activations: expected none, expected_average_only_in, constant_norm_rescale or layer_norm, found '{config.Normalization.ReplaceLineEndings(" ")}'");
        }
    }

    /// <summary>A tensor of the oldest files that scaled the latents after fine-tuning; SAELens itself loads it only where it does nothing.</summary>
    private static void DropScalingFactor(SaeTensors tensors, int latents, List<string> notes)
    {
        const string Name = "scaling_factor";
        if (!tensors.Has(Name))
        {
            return;
        }

        if (tensors.TakeVector(Name, latents).AsSpan().ContainsAnyExcept(1f))
        {
            throw tensors.Invalid(Name, "expected ones only, found others; SAELens does not load such a file either");
        }

        notes.Add("scaling_factor is all ones: dropped");
    }
}
