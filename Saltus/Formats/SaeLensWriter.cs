using System.Text.Json;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// Writes an SAE as a SAELens 6 folder that SAELens itself loads: `cfg.json`, `sae_weights.safetensors` and, if frequencies are given,
/// `sparsity.safetensors`. Raw activations in; a pre-encoder bias is in the encoder bias, so `apply_b_dec_to_input` is false. The folder is
/// written whole or not at all, and equal content gives equal bytes.
/// </summary>
public static class SaeLensWriter
{
    /// <summary>The version whose layout this is. SAELens takes a folder without one for version 5 and moves its keys about.</summary>
    private const string LayoutVersion = "6.54.12";

    /// <summary>How often each latent fires.</summary>
    internal const string SparsityName = "sparsity.safetensors";

    private const double FrequencyFloor = 1e-10;

    /// <summary>Writes a folder.</summary>
    /// <param name="folder">A new or empty folder, or one with nothing but the files of a SAELens SAE, which are replaced.</param>
    /// <param name="sae">A JumpReLU, TopK or AbsTopK SAE, or a JumpReLU transcoder.</param>
    /// <param name="frequencies">Share of tokens that each latent fires on, [M]; empty if unknown.</param>
    /// <exception cref="SaeFormatException">SAELens has no architecture for it.</exception>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(string folder, SparseAutoencoder sae, ReadOnlyMemory<double> frequencies = default)
    {
        if (frequencies.Length != 0 && frequencies.Length != sae.Latents)
        {
            throw new ArgumentException($"got {frequencies.Length} frequencies for {sae.Latents} latents", nameof(frequencies));
        }

        Check(sae);
        AtomicFolder.Write(folder, inside =>
        {
            WriteFiles(inside, sae, new SaeLensOptions());
            if (frequencies.Length != 0)
            {
                float[] sparsity = Array.ConvertAll(frequencies.ToArray(), frequency => (float)Math.Log10(frequency + FrequencyFloor));
                new SafetensorsWriter().Add("sparsity", sparsity).Write(Path.Combine(inside, SparsityName));
            }
        });
    }

    /// <summary>Refuses what SAELens has no architecture for.</summary>
    /// <exception cref="SaeFormatException">It has none.</exception>
    internal static void Check(SparseAutoencoder sae)
    {
        Architecture(sae, new SaeLensOptions());
        Normalization(sae);
    }

    /// <summary>Writes configuration and weights into a folder.</summary>
    internal static void WriteFiles(string folder, SparseAutoencoder sae, SaeLensOptions options)
    {
        AtomicFile.WriteJson(Path.Combine(folder, SaeLensReader.ConfigName), writer => WriteConfig(writer, sae, options));
        string weights = Path.Combine(folder, SaeLensReader.WeightsName);
        if (options.Origin?.Weights is string stored)
        {
            WriteStored(stored, weights, options.Dtype);
        }
        else
        {
            Weights(sae, options).Write(weights);
        }
    }

    /// <summary>Writes the keys that every architecture has.</summary>
    internal static void WriteCommon(Utf8JsonWriter writer, SparseCoder sae, SaeLensOptions options, bool subtractsBias, string normalization)
    {
        bool readsHeads = sae.Metadata.HookName?.Contains("hook_z", StringComparison.Ordinal) == true;
        writer.WriteNumber("d_in", sae.InputWidth);
        writer.WriteNumber("d_sae", sae.Latents);
        writer.WriteString("dtype", options.Dtype switch { TensorDtype.F16 => "float16", TensorDtype.BF16 => "bfloat16", _ => "float32" });
        writer.WriteString("device", "cpu");
        writer.WriteBoolean("apply_b_dec_to_input", subtractsBias);
        writer.WriteString("normalize_activations", normalization);
        writer.WriteString("reshape_activations", readsHeads ? "hook_z" : "none");
        writer.WriteStartObject("metadata");
        WriteMetadata(writer, sae.Metadata, options.Metadata);
        writer.WriteEndObject();
    }

    /// <summary>The name of an input transform.</summary>
    internal static string Name(InputTransform transform) => transform switch
    {
        InputTransform.None => "none",
        InputTransform.ConstantNorm => "constant_norm_rescale",
        InputTransform.LayerNorm => "layer_norm",
        _ => throw NotExpressible($"the input transform {transform}"),
    };

    /// <summary>Tensors of another SAELens file as they lie there, but for the type; a scaling factor of ones no architecture has any more.</summary>
    private static void WriteStored(string from, string to, TensorDtype dtype)
    {
        using SafetensorsFile file = SafetensorsFile.Open(from);
        SafetensorsWriter weights = new();
        foreach (TensorInfo tensor in file.Tensors.Where(tensor => tensor.Name != "scaling_factor"))
        {
            weights.Add(tensor.Name, dtype, [.. tensor.Shape], (first, destination) => file.ReadFloat32(tensor, first, destination));
        }

        weights.Write(to);
    }

    internal static SaeFormatException NotExpressible(string what) =>
        new(SaeFormatError.NotExpressible, $"SAELens has no architecture for {what}; write another format");

    private static string Architecture(SparseAutoencoder sae, SaeLensOptions options)
    {
        bool isTranscoder = IsTranscoder(sae);
        return (sae.Activation, isTranscoder) switch
        {
            _ when options.Origin?.Weights is not null => options.Origin.Architecture,
            (JumpReluActivation, false) when options.NamesRelu => "standard",
            (JumpReluActivation, true) when options.NamesRelu => sae.SkipWeights is null ? "transcoder" : "skip_transcoder",
            (JumpReluActivation, false) => "jumprelu",
            (JumpReluActivation, true) => sae.SkipWeights is null ? "jumprelu_transcoder" : "jumprelu_skip_transcoder",
            (TopKActivation { Relu: not TopKRelu.None }, false) => "topk",
            (TopKActivation, false) => throw NotExpressible("TopK that keeps negative values"),
            (AbsTopKActivation, false) => "abstopk",
            _ => throw NotExpressible($"{sae.Activation.GetType().Name} {(isTranscoder ? "in a transcoder" : "in an autoencoder")}"),
        };
    }

    private static bool IsTranscoder(SparseAutoencoder sae) =>
        !sae.UndoesTransform || sae.SkipWeights is not null || sae.OutputWidth != sae.InputWidth || sae.Metadata.OutputHookName is not null;

    private static string Normalization(SparseAutoencoder sae)
    {
        string name = Name(sae.Transform);
        return sae.Transform == InputTransform.None || sae.UndoesTransform != IsTranscoder(sae)
            ? name
            : throw NotExpressible("a transcoder that scales its output back");
    }

    private static void WriteConfig(Utf8JsonWriter writer, SparseAutoencoder sae, SaeLensOptions options)
    {
        writer.WriteStartObject();
        WriteCommon(writer, sae, options, options.Origin is { Weights: not null, SubtractsBias: true } || options.UnfoldedBias.Length > 0, Normalization(sae));
        if (IsTranscoder(sae))
        {
            writer.WriteNumber("d_out", sae.OutputWidth);
        }

        int? k = sae.Activation switch
        {
            TopKActivation top => top.K,
            AbsTopKActivation top => top.K,
            _ => null,
        };
        if (k is not null)
        {
            writer.WriteNumber("k", k.Value);
            writer.WriteBoolean("rescale_acts_by_decoder_norm", options.Origin?.Rescales == true);
        }

        writer.WriteString("architecture", Architecture(sae, options));
        writer.WriteEndObject();
    }

    /// <summary>What was there before stays as it was, but for the version, which says how the keys are laid out.</summary>
    private static void WriteMetadata(Utf8JsonWriter writer, SaeMetadata metadata, JsonFields? before)
    {
        if (before is not null)
        {
            foreach (JsonProperty property in before.Element.EnumerateObject())
            {
                if (property.NameEquals("sae_lens_version"))
                {
                    writer.WriteString(property.Name, LayoutVersion);
                }
                else
                {
                    property.WriteTo(writer);
                }
            }

            return;
        }

        writer.WriteString("sae_lens_version", LayoutVersion);
        writer.WriteString("sae_lens_training_version", LayoutVersion);
        writer.WriteString("model_name", metadata.ModelName);
        writer.WriteString("hook_name", metadata.HookName);
        WriteKnown(writer, metadata);
    }

    private static void WriteKnown(Utf8JsonWriter writer, SaeMetadata metadata)
    {
        if (metadata.OutputHookName is not null)
        {
            writer.WriteString("hook_name_out", metadata.OutputHookName);
        }

        if (metadata.ContextSize is not null)
        {
            writer.WriteNumber("context_size", metadata.ContextSize.Value);
        }

        if (metadata.PrependBos is not null)
        {
            writer.WriteBoolean("prepend_bos", metadata.PrependBos.Value);
        }

        if (metadata.Dataset is not null)
        {
            writer.WriteString("dataset_path", metadata.Dataset);
        }

        if (metadata.TrainingMethod is not null)
        {
            writer.WriteString("training_architecture", metadata.TrainingMethod);
        }
    }

    private static SafetensorsWriter Weights(SparseAutoencoder sae, SaeLensOptions options)
    {
        TensorDtype dtype = options.Dtype;
        SafetensorsWriter weights = new SafetensorsWriter()
            .Add("W_enc", dtype, [sae.InputWidth, sae.Latents], (first, destination) => SaeWriting.CopyColumns(sae.EncoderWeights, first, destination))
            .Add("W_dec", sae.DecoderWeights, dtype)
            .Add("b_enc", options.UnfoldedBias.Length > 0 ? options.UnfoldedBias : sae.EncoderBias, dtype)
            .Add("b_dec", sae.DecoderBias, dtype);
        if (sae.Activation is JumpReluActivation jump && !options.NamesRelu)
        {
            weights.Add("threshold", jump.Thresholds, options.HasWideThresholds ? TensorDtype.F32 : dtype);
        }

        return sae.SkipWeights is null ? weights : weights.Add("W_skip", sae.SkipWeights, dtype);
    }
}
