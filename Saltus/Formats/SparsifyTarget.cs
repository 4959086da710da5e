using System.Text.Json;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>sparsify: `sae.safetensors` and `cfg.json` of one hook point; relu, then top-k or the maximum of groups; SAEs subtract b_dec, transcoders do not.</summary>
internal sealed class SparsifyTarget : SaeTarget
{
    private const string Format = "sparsify";
    private const string WeightsName = "sae.safetensors";
    private const string ConfigName = "cfg.json";

    /// <summary>Rows of this much more or less than unit length still count as normalised.</summary>
    private const double UnitTolerance = 1e-3;

    public override string Name => Format;

    public override void Check(SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        CheckNoTransform(sae);
        if (sae.Activation is not (TopKActivation { Relu: not TopKRelu.None } or GroupMaxActivation))
        {
            throw CannotHold($"{Describe(sae.Activation)}: its latents are a top-k or the maximum of groups");
        }
    }

    public override void Write(string folder, SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        JsonFields? source = writing.SourceConfig(Format, ConfigName);

        // A skip connection alone makes no transcoder here: those do not subtract b_dec.
        bool transcodes = !sae.UndoesTransform || sae.OutputWidth != sae.InputWidth || sae.Metadata.OutputHookName is not null;
        float[] bias = transcodes ? sae.EncoderBiases.ToArray() : writing.BiasOfSubtraction();
        SafetensorsWriter weights = new SafetensorsWriter()
            .Add("encoder.weight", sae.EncoderWeights, writing.Dtype)
            .Add("encoder.bias", bias, writing.Dtype)
            .Add("W_dec", sae.DecoderWeights, writing.Dtype)
            .Add("b_dec", sae.DecoderBiases.ToArray(), writing.Dtype);
        if (sae.SkipWeights is not null)
        {
            weights.Add("W_skip", sae.SkipWeights, writing.Dtype);
        }

        weights.Write(Path.Combine(folder, WeightsName));
        JsonOverlay.WriteFile(Path.Combine(folder, ConfigName), source, writer => WriteConfig(writer, sae, source, transcodes));
        if (sae.Metadata.HookName is not null || sae.Metadata.OutputHookName is not null)
        {
            writing.Notes.Add("the hook is the folder's name in sparsify (layers.10), the model is in the run's config.json above it: neither is written");
        }
    }

    private static void WriteConfig(Utf8JsonWriter writer, SparseAutoencoder sae, JsonFields? source, bool transcodes)
    {
        writer.WriteStartObject();
        writer.WriteString("activation", sae.Activation is GroupMaxActivation ? "groupmax" : "topk");
        if (source is null)
        {
            writer.WriteNumber("expansion_factor", Math.Max(1, sae.Latents / sae.InputWidth));
            writer.WriteBoolean("normalize_decoder", IsUnit(sae));
            writer.WriteNumber("num_latents", sae.Latents);
        }

        writer.WriteNumber("k", sae.Activation is GroupMaxActivation group ? group.K : ((TopKActivation)sae.Activation).K);
        if (source is null)
        {
            writer.WriteBoolean("multi_topk", false);
        }

        writer.WriteBoolean("skip_connection", sae.SkipWeights is not null);
        writer.WriteBoolean("transcode", transcodes);
        writer.WriteNumber("d_in", sae.InputWidth);
        writer.WriteEndObject();
    }

    private static bool IsUnit(SparseAutoencoder sae)
    {
        for (int latent = 0; latent < sae.Latents; latent++)
        {
            double squares = 0;
            foreach (float value in sae.DecoderWeights.Row(latent))
            {
                squares += (double)value * value;
            }

            if (Math.Abs(Math.Sqrt(squares) - 1) > UnitTolerance)
            {
                return false;
            }
        }

        return true;
    }
}
