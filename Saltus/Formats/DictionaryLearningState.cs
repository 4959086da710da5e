using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// The state of one of dictionary_learning's classes. Which one `dict_class` says; without a configuration the names of the tensors do,
/// but for TopK and BatchTopK, which have the same. Weights [M, d] in classes of linear layers, [d, M] in the others.
/// </summary>
/// <param name="state">The tensors.</param>
/// <param name="tensors">The same, to be taken one by one.</param>
/// <param name="trainer">The trainer's settings; null without a configuration.</param>
/// <param name="mapping">Whether weights may stay in the file.</param>
internal sealed class DictionaryLearningState(TorchFile state, SaeTensors tensors, JsonFields? trainer, SaeMapping mapping)
{
    public const string Standard = "AutoEncoder";
    public const string StandardNew = "AutoEncoderNew";
    public const string Gated = "GatedAutoEncoder";
    public const string JumpRelu = "JumpReluAutoEncoder";
    public const string TopK = "AutoEncoderTopK";
    public const string BatchTopK = "BatchTopKSAE";
    public const string Matryoshka = "MatryoshkaBatchTopKSAE";

    private const string EncoderWeight = "encoder.weight";
    private const string Subtracted = "the decoder's bias is subtracted from the input: folded into the encoder bias";
    private static readonly string[] s_classes = [Standard, StandardNew, Gated, JumpRelu, TopK, BatchTopK, Matryoshka];

    /// <summary>The class that is read.</summary>
    public string ClassName { get; private set; } = string.Empty;

    /// <summary>Takes the tensors of the class.</summary>
    /// <param name="activation">What turns pre-activations into latents.</param>
    /// <returns>The weights, with a note for each thing applied.</returns>
    public SaeParts Read(out Activation activation)
    {
        ClassName = FindClass();
        bool isLinear = ClassName is not (JumpRelu or Matryoshka);
        int latents = isLinear ? tensors.Dimension(EncoderWeight, 0) : tensors.Dimension("W_enc", 1);
        int width = isLinear ? tensors.Dimension(EncoderWeight, 1) : tensors.Dimension("W_enc", 0);
        SaeParts parts = isLinear ? TakeLinear(latents, width) : TakeFour(latents, width);
        try
        {
            parts.Notes.Add($"dictionary_learning, class {ClassName}");
            activation = Finish(parts, latents);
            return parts;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private string FindClass()
    {
        string? named = trainer?.GetString("dict_class");
        if (named is null)
        {
            return Guess();
        }

        if (!s_classes.Contains(named))
        {
            throw new SaeFormatException(
                SaeFormatError.ArchitectureUnknown, $"'{trainer!.Source}': dict_class: expected {string.Join(", ", s_classes)}, found '{TorchObjects.Quote(named)}'");
        }

        // The trainer of the newer class writes the older one's name.
        return named == Standard && tensors.Has("decoder.bias") ? StandardNew : named;
    }

    private string Guess() =>
        tensors.Has("r_mag") ? Gated
        : tensors.Has("group_sizes") ? Matryoshka
        : tensors.Has("k") ? throw new SaeFormatException(
            SaeFormatError.FileMissing,
            $"'{state.Source}': expected {DictionaryLearningFormat.ConfigName} beside it, whose dict_class says {TopK} or {BatchTopK}, found none; their tensors have the same names")
        : tensors.Has("W_enc") ? JumpRelu
        : tensors.Has("decoder.bias") ? StandardNew
        : Standard;

    private SaeParts TakeLinear(int latents, int width)
    {
        // Two classes' weights are changed below, and cannot stay in the file.
        SaeMapping may = ClassName is Gated or Standard ? SaeMapping.Never : mapping;
        (Matrix encoder, bool isColumns) = tensors.TakeEncoderRows(EncoderWeight, latents, width, may);
        return new SaeParts
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = ClassName == Gated ? [] : tensors.TakeVector("encoder.bias", latents),
            Decoder = tensors.TakeTransposed("decoder.weight", width, latents, may),
            DecoderBias = tensors.TakeVector(ClassName switch { Standard => "bias", StandardNew => "decoder.bias", Gated => "decoder_bias", _ => "b_dec" }, width),
        };
    }

    private SaeParts TakeFour(int latents, int width)
    {
        (Matrix encoder, bool isColumns) = tensors.TakeEncoder("W_enc", width, latents, mapping);
        return new SaeParts
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector("b_enc", latents),
            Decoder = tensors.TakeMatrix("W_dec", latents, width, mapping),
            DecoderBias = tensors.TakeVector("b_dec", width),
        };
    }

    private Activation Finish(SaeParts parts, int latents)
    {
        switch (ClassName)
        {
            case Gated:
                (parts.EncoderBias, float[] gates) = SaeFolding.Gates(
                    parts.Encoder, parts.DecoderBias, tensors.TakeVector("gate_bias", latents), tensors.TakeVector("mag_bias", latents), tensors.TakeVector("r_mag", latents));
                parts.Notes.Add(Subtracted);
                parts.Notes.Add("gated encoder: folded into a JumpReLU with threshold mag_bias − gate_bias·exp(r_mag)");
                return new JumpReluActivation(gates);
            case JumpRelu:
                parts.Notes.Add("b_dec is not subtracted from the input");
                parts.Notes.Add("thresholds: tensor 'threshold', as stored");
                return new JumpReluActivation(tensors.TakeVector("threshold", latents));
            case StandardNew:
                parts.Notes.Add("the decoder's bias is not subtracted from the input");
                return new JumpReluActivation(new float[latents]);
            default:
                parts.FoldInputBias(parts.DecoderBias, Subtracted);
                return ClassName == Standard ? UnitDecoder(parts, latents) : Choice(parts, latents);
        }
    }

    /// <summary>from_pretrained makes the decoder's directions unit vectors of this class, and moves their lengths into the encoder.</summary>
    private static JumpReluActivation UnitDecoder(SaeParts parts, int latents)
    {
        parts.FoldDecoderNorms();
        return new JumpReluActivation(new float[latents]);
    }

    private Activation Choice(SaeParts parts, int latents)
    {
        int k = (int)Integers("k", 1)[0];
        float threshold = tensors.TakeScalar("threshold");
        if (k < 1 || k > latents)
        {
            throw tensors.Invalid("k", $"expected 1 to {latents}, found {k}");
        }

        if (trainer?.Has("k") == true && trainer.GetInt32("k") != k)
        {
            throw trainer.Invalid("k", $"{k} as in the weights");
        }

        if (ClassName == Matryoshka && Integers("group_sizes", null) is long[] groups && (groups.Any(size => size < 1) || groups.Sum() != latents))
        {
            throw tensors.Invalid("group_sizes", $"expected sizes that add up to {latents}, found {TensorInfo.DescribeShape(groups)}");
        }

        if (ClassName == TopK)
        {
            parts.Notes.Add(FormattableString.Invariant($"the {k} largest of every vector; the stored threshold {threshold:G9} is not used"));
            return new TopKActivation(k, TopKRelu.Before);
        }

        parts.Notes.Add(threshold < 0
            ? "the threshold was never set: every positive value passes"
            : FormattableString.Invariant($"threshold {threshold:G9} for every latent; k = {k} was for the training's batches"));
        float[] thresholds = new float[latents];
        Array.Fill(thresholds, threshold);
        return new JumpReluActivation(thresholds);
    }

    private long[] Integers(string name, int? count)
    {
        TensorInfo tensor = tensors.Look(name);
        tensors.Leave(name);
        bool fits = tensor.Dtype.IsInteger() && tensor.Shape.Count == (count is null ? 1 : 0) && tensor.ElementCount is > 0 and <= 1 << 16;
        return fits ? state.ReadInt64(name) : throw new SaeFormatException(
            SaeFormatError.TensorShape, $"tensor '{name}' in '{state.Source}': expected {(count is null ? "a list of integers" : "one integer")}, found {tensor.Description}");
    }
}
