using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Reads a SAELens folder (`cfg.json`, `sae_weights.safetensors`) of version 6, or 5 and older, or a training checkpoint, which runs as its
/// training class. Everything that can be folded into weights is: the decoder bias subtracted from the input, decoder norms of a rescaled
/// TopK, the two paths of a gated encoder, the scale or whitening of a checkpoint's activations.
/// </summary>
public static class SaeLensReader
{
    /// <summary>The configuration.</summary>
    public const string ConfigName = "cfg.json";

    /// <summary>The weights.</summary>
    public const string WeightsName = "sae_weights.safetensors";

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
        return Read(new SaePlace(folder, new SaeHints()));
    }

    internal static LoadedSae Read(SaePlace place)
    {
        string configPath = place.Use(ConfigName);
        string weightsPath = place.Use(WeightsName);
        SaeLensConfig config = SaeLensConfig.Read(configPath, place.Hints.ConfigOverrides);
        config.CheckArchitecture(configPath);
        ActivationScaler? scaler = ActivationScaler.Read(place, config.InputWidth);
        if (config.Normalization == "covariance_whitening" && scaler?.Mean is null)
        {
            throw new SaeFormatException(
                SaeFormatError.CheckpointUnsupported,
                $"'{configPath}': normalize_activations: 'covariance_whitening' exists only while training, and its statistics are not beside the file; " +
                "save it for inference with SAELens (save_inference_model) and read that folder");
        }

        using SafetensorsFile file = SafetensorsFile.Open(weightsPath);
        SaeTensors tensors = new(file);
        string kind = config.IsCheckpoint ? "training checkpoint" : config.IsVersion6 ? "6" : "5 or older";
        List<string> notes = [$"SAELens {kind}, architecture {config.Architecture}"];
        return config.Architecture switch
        {
            "matching_pursuit" => SaeLensOthers.Pursuit(config, configPath, tensors, scaler, notes),
            "temporal" => SaeLensOthers.Temporal(config, configPath, tensors, notes),
            _ => Build(config, configPath, tensors, scaler, place.Hints, notes),
        };
    }

    private static LoadedSae Build(
        SaeLensConfig config, string configPath, SaeTensors tensors, ActivationScaler? scaler, SaeHints hints, List<string> notes)
    {
        (int width, int latents) = (config.InputWidth, config.Latents);
        int outputWidth = config.IsTranscoder ? config.OutputWidth ?? tensors.Dimension("W_dec", 1) : width;
        InputTransform transform = config.ReadTransform(configPath, notes);
        SaeMapping mapping = ChangesWeights(config, scaler, hints) ? SaeMapping.Never : hints.Mapping;
        (Matrix encoder, bool isColumns) = tensors.TakeEncoder("W_enc", width, latents, mapping);
        using SaeParts parts = new()
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = config.Architecture == "gated" ? [] : tensors.TakeVector("b_enc", latents),
            Decoder = tensors.TakeMatrix("W_dec", latents, outputWidth, mapping),
            DecoderBias = tensors.TakeVector("b_dec", outputWidth),
            Transform = transform,
            IsTranscoder = config.IsTranscoder,
        };
        parts.Notes.AddRange(notes);
        double? scale = scaler?.Mean is not null ? null : scaler?.Factor ?? (config.Normalization == "expected_average_only_in" ? hints.NormScalingFactor : null);
        Activation activation = Encoding(config, tensors, scale, hints.ForInference, parts);
        Unscale(config, scaler, scale, parts);
        parts.Skip = config.Architecture.Contains("skip", StringComparison.Ordinal) ? tensors.TakeMatrix("W_skip", outputWidth, width) : null;
        tensors.DropScalingFactor(latents, parts.Notes);
        tensors.CheckAllTaken(config.Architecture);
        return parts.Build(activation, config.ReadMetadata()) with { SaeLens = Origin(config, scaler, scale, tensors.Source) };
    }

    /// <summary>What a writer of the same format needs to give back what was read and not what it was folded into.</summary>
    private static SaeLensOrigin? Origin(SaeLensConfig config, ActivationScaler? scaler, double? scale, string weightsPath)
    {
        bool isGated = config.Architecture == "gated";
        bool rescales = config.RescalesByDecoderNorm && config.Architecture is "topk" or "abstopk" && scaler?.Mean is null;
        bool isAsStored = scale is null && scaler?.Mean is null && (isGated || (rescales && !config.IsCheckpoint));
        return isGated || rescales ? new SaeLensOrigin(config.Architecture, rescales, config.SubtractsDecoderBias, isAsStored ? weightsPath : null) : null;
    }

    /// <summary>Whether something is folded into the weights themselves, so that they cannot stay in their file.</summary>
    private static bool ChangesWeights(SaeLensConfig config, ActivationScaler? scaler, SaeHints hints) =>
        config.Architecture == "gated" || config.RescalesByDecoderNorm || scaler?.Mean is not null || scaler?.Factor is not null || hints.NormScalingFactor is not null;

    /// <summary>The activation; a bias that is subtracted from the input is folded into the encoder bias on the way.</summary>
    private static Activation Encoding(SaeLensConfig config, SaeTensors tensors, double? scale, bool forInference, SaeParts parts)
    {
        int latents = config.Latents;
        ReadOnlySpan<float> inputBias = config.SubtractsDecoderBias ? parts.DecoderBias : [];
        const string Subtracted = "b_dec is subtracted from the input: folded into the encoder bias";
        if (config.Architecture == "gated")
        {
            (parts.EncoderBias, float[] gates) = SaeFolding.Gates(
                parts.Encoder, inputBias, tensors.TakeVector("b_gate", latents), tensors.TakeVector("b_mag", latents), tensors.TakeVector("r_mag", latents));
            parts.Notes.Add(inputBias.IsEmpty ? "b_dec is not subtracted from the input" : Subtracted);
            parts.Notes.Add("gated encoder: folded into a JumpReLU with threshold b_mag − b_gate·exp(r_mag)");
            return new JumpReluActivation(gates);
        }

        if (!inputBias.IsEmpty)
        {
            parts.FoldInputBias(inputBias, Subtracted);
        }

        switch (config.Architecture)
        {
            case "topk":
                return new TopKActivation(config.ReadK(), TopKRelu.After);
            case "abstopk":
                return new AbsTopKActivation(config.ReadK());
            case "batchtopk" or "matryoshka_batchtopk":
                return Batch(config, tensors, scale, forInference, parts);
            case "standard" or "transcoder" or "skip_transcoder":
                return new JumpReluActivation(new float[latents]);
            default:
                return new JumpReluActivation(Thresholds(tensors, latents, parts.Notes));
        }
    }

    /// <summary>The choice over a batch, or what SAELens saves of it: the learnt threshold on what latents write, which is ÷ s where inputs are × s.</summary>
    private static Activation Batch(SaeLensConfig config, SaeTensors tensors, double? scale, bool forInference, SaeParts parts)
    {
        double threshold = tensors.TakeDouble("topk_threshold");
        double k = config.ReadBatchK();
        threshold = config.RescalesByDecoderNorm && scale is double factor ? threshold / factor : threshold;
        if (!forInference)
        {
            parts.Notes.Add(FormattableString.Invariant($"chooses over all vectors that are encoded together; for inference the threshold would be {threshold:G9}"));
            return new BatchTopKActivation(k);
        }

        parts.Notes.Add(FormattableString.Invariant($"chose over all vectors of a batch; read with the threshold that it has learnt, {threshold:G9}, as SAELens saves it for inference"));
        return new JumpReluActivation([.. Enumerable.Repeat((float)threshold, config.Latents)]);
    }

    /// <summary>Checkpoints up to 6.47 hold the logarithms.</summary>
    private static float[] Thresholds(SaeTensors tensors, int latents, List<string> notes)
    {
        const string Logarithms = "log_threshold";
        if (tensors.Has("threshold") || !tensors.Has(Logarithms))
        {
            notes.Add("thresholds: tensor 'threshold', as stored");
            return tensors.TakeVector("threshold", latents);
        }

        notes.Add("thresholds: exp of the tensor 'log_threshold'");
        return SaeFolding.Exponentials(tensors.TakeVector(Logarithms, latents));
    }

    /// <summary>Brings weights that training saw on scaled or whitened activations to raw ones.</summary>
    private static void Unscale(SaeLensConfig config, ActivationScaler? scaler, double? scale, SaeParts parts)
    {
        if (scaler?.Mean is not null)
        {
            // Norms are those of the rows that training saw: they go first.
            FoldNorms(config, parts);
            SaeFolding.Whiten(parts.Encoder, parts.EncoderBias, parts.Decoder, parts.DecoderBias, scaler.Mean, scaler.Whiten, scaler.Restore);
            parts.Notes.Add("activations were whitened in training: folded");
            return;
        }

        if (scale is double factor)
        {
            parts.FoldScale(factor);
        }

        FoldNorms(config, parts);
    }

    private static void FoldNorms(SaeLensConfig config, SaeParts parts)
    {
        if (config.RescalesByDecoderNorm && config.Architecture.EndsWith("topk", StringComparison.Ordinal))
        {
            parts.FoldDecoderNorms();
        }
    }
}
