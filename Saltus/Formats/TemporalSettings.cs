using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>The configuration of a temporal SAE, wherever it stands, and the reading of its tensors.</summary>
/// <param name="Heads">Attention heads.</param>
/// <param name="Layers">Attention layers.</param>
/// <param name="Bottleneck">How many times narrower queries are than codes.</param>
/// <param name="TopK">Novel latents a vector; null for all that are positive.</param>
/// <param name="IsTied">Whether the encoder is the decoder's transpose.</param>
/// <param name="Scale">Factor of inputs.</param>
internal sealed record TemporalSettings(int Heads, int Layers, int Bottleneck, int? TopK, bool IsTied, double Scale)
{
    public InputTransform Transform { get; init; }

    public bool SubtractsBias { get; init; } = true;

    public bool AddsBias { get; init; } = true;

    public LoadedSae Build(SaeTensors tensors, TemporalNames names, int latents, int width, SaeMetadata metadata, List<string> notes)
    {
        if (Heads < 1 || Layers < 0 || Bottleneck < 1 || latents % ((long)Bottleneck * Heads) != 0 || !(Scale > 0) || TopK > latents)
        {
            throw new SaeFormatException(
                SaeFormatError.ConfigInvalid,
                FormattableString.Invariant($"'{tensors.Source}': expected heads × bottleneck to divide {latents} latents, a scale above 0 and k of at most {latents}, ") +
                FormattableString.Invariant($"found {Heads} heads, bottleneck {Bottleneck}, scale {Scale:G9}, k {TopK?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}"));
        }

        List<IDisposable> taken = [];
        try
        {
            Matrix decoder = Keep(tensors.TakeMatrix(names.Decoder, latents, width));
            Matrix? encoder = IsTied ? null : Keep(tensors.TakeTransposed(names.Encoder, width, latents));
            float[] bias = tensors.TakeVector(names.Bias, width);

            // A list: what the settings claim allocates nothing until the tensors are there.
            List<TemporalAttention> layers = [];
            for (int layer = 0; layer < Layers; layer++)
            {
                layers.Add(Keep(new TemporalAttention(
                    Map(layer, "q_target", latents / Bottleneck), Map(layer, "k_ctx", latents / Bottleneck), Map(layer, "v_ctx", latents), Map(layer, "c_proj", latents))));
            }

            tensors.CheckAllTaken("temporal");
            notes.Add(FormattableString.Invariant($"inputs are multiplied by {Scale:G9}, outputs divided by it; latents depend on what comes before in a sequence"));
            TemporalOptions options = new()
            {
                Heads = Heads,
                TopK = TopK,
                Scale = Scale,
                Transform = Transform,
                SubtractsBias = SubtractsBias,
                AddsBias = AddsBias,
            };
            return new LoadedSae(new TemporalAutoencoder(encoder, decoder, bias, [.. layers], options) { Metadata = metadata }, notes);
        }
        catch
        {
            taken.ForEach(part => part.Dispose());
            throw;
        }

        T Keep<T>(T part)
            where T : IDisposable
        {
            taken.Add(part);
            return part;
        }

        (Matrix Weight, float[] Bias) Map(int layer, string name, int outputs)
        {
            string prefix = FormattableString.Invariant($"attn_layers.{layer}.{name}");
            return (Keep(tensors.TakeMatrix($"{prefix}.weight", outputs, latents)), tensors.TakeVector($"{prefix}.bias", outputs));
        }
    }
}
