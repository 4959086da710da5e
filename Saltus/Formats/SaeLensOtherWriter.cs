using System.Text.Json;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>Writes the two architectures of SAELens that are not one product and one rule: matching pursuit and temporal SAEs.</summary>
internal static class SaeLensOtherWriter
{
    /// <summary>Refuses what SAELens has no key for.</summary>
    /// <exception cref="SaeFormatException">It has none.</exception>
    public static void Check(SparseCoder sae)
    {
        if (sae is not (MatchingPursuitAutoencoder or TemporalAutoencoder))
        {
            throw SaeLensWriter.NotExpressible($"a {sae.GetType().Name}");
        }

        if (sae is TemporalAutoencoder { Options: TemporalOptions options } temporal)
        {
            if (options.AddsBias != (options.SubtractsBias || temporal.EncoderWeights is not null))
            {
                throw SaeLensWriter.NotExpressible("a temporal SAE that adds its bias to the output otherwise than by whether it is subtracted");
            }

            if (options.Transform != InputTransform.None && options.Scale != 1)
            {
                throw SaeLensWriter.NotExpressible($"a temporal SAE with a factor and the input transform {options.Transform} at once");
            }
        }

        Normalization(sae);
    }

    /// <summary>Writes configuration and weights into a folder.</summary>
    public static void WriteFiles(string folder, SparseCoder sae, SaeLensOptions options)
    {
        AtomicFile.WriteJson(Path.Combine(folder, SaeLensReader.ConfigName), writer => WriteConfig(writer, sae, options));
        SafetensorsWriter weights = new SafetensorsWriter().Add("W_dec", sae.DecoderWeights, options.Dtype);
        if (sae is TemporalAutoencoder temporal)
        {
            Add(weights, temporal, options.Dtype);
        }
        else
        {
            weights.Add("b_dec", ((MatchingPursuitAutoencoder)sae).DecoderBias, options.Dtype);
        }

        weights.Write(Path.Combine(folder, SaeLensReader.WeightsName));
    }

    private static void Add(SafetensorsWriter weights, TemporalAutoencoder sae, TensorDtype dtype)
    {
        weights.Add("b_dec", sae.DecoderBias, dtype);
        if (sae.EncoderWeights is { } encoder)
        {
            weights.Add("W_enc", dtype, [sae.InputWidth, sae.Latents], (first, destination) => SaeWriting.CopyColumns(encoder, first, destination));
        }

        for (int layer = 0; layer < sae.Layers.Count; layer++)
        {
            foreach ((string name, TemporalMap map) in sae.Layers[layer].Maps)
            {
                string prefix = FormattableString.Invariant($"attn_layers.{layer}.{name}");
                weights.Add($"{prefix}.weight", map.Weight, dtype).Add($"{prefix}.bias", map.Bias, dtype);
            }
        }
    }

    private static string Normalization(SparseCoder sae) => sae switch
    {
        MatchingPursuitAutoencoder pursuit => SaeLensWriter.Name(pursuit.Options.Transform),
        TemporalAutoencoder { Options: { Scale: not 1 } } => "constant_scalar_rescale",
        TemporalAutoencoder temporal => SaeLensWriter.Name(temporal.Options.Transform),
        _ => throw new ArgumentException(sae.GetType().Name, nameof(sae)),
    };

    private static void WriteConfig(Utf8JsonWriter writer, SparseCoder sae, SaeLensOptions options)
    {
        writer.WriteStartObject();
        if (sae is TemporalAutoencoder temporal)
        {
            SaeLensWriter.WriteCommon(writer, sae, options, temporal.Options.SubtractsBias, Normalization(sae));
            WriteTemporal(writer, temporal);
        }
        else
        {
            MatchingPursuitOptions pursuit = ((MatchingPursuitAutoencoder)sae).Options;
            SaeLensWriter.WriteCommon(writer, sae, options, pursuit.UsesBias, Normalization(sae));
            writer.WriteNumber("residual_threshold", pursuit.ResidualThreshold);
            WriteNumber(writer, "max_iterations", pursuit.MaxSteps);
            writer.WriteBoolean("stop_on_duplicate_support", pursuit.StopsOnSameSupport);
            writer.WriteString("architecture", "matching_pursuit");
        }

        writer.WriteEndObject();
    }

    private static void WriteTemporal(Utf8JsonWriter writer, TemporalAutoencoder sae)
    {
        writer.WriteNumber("n_heads", sae.Options.Heads);
        writer.WriteNumber("n_attn_layers", sae.Layers.Count);
        writer.WriteNumber("bottleneck_factor", sae.Layers.Count > 0 ? sae.Latents / sae.Layers[0].QueryWidth : 1);
        writer.WriteString("sae_diff_type", sae.Options.TopK is null ? "relu" : "topk");
        WriteNumber(writer, "kval_topk", sae.Options.TopK);
        writer.WriteBoolean("tied_weights", sae.EncoderWeights is null);
        writer.WriteNumber("activation_normalization_factor", sae.Options.Scale);
        writer.WriteString("architecture", "temporal");
    }

    private static void WriteNumber(Utf8JsonWriter writer, string key, int? value)
    {
        if (value is int number)
        {
            writer.WriteNumber(key, number);
        }
        else
        {
            writer.WriteNull(key);
        }
    }
}
