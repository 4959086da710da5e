using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// The autoencoders of OpenAI for GPT-2: one torch file. pre_bias is subtracted and added again; an activation "TopK" implies that every
/// vector is normalised, (x − mean) / (σ + 1e-5) with σ unbiased, and the output brought back; "ReLU" and "Identity" do not.
/// </summary>
internal sealed class OpenAiFormat : TorchSaeFormat
{
    private const string ActivationKey = "activation";
    private const string StateKey = "activation_state_dict";
    private const string LooseK = "activation.k";
    private const string LoosePostActivation = "activation.postact_fn";

    /// <summary>What training counts; inference does not use it.</summary>
    private static readonly string[] s_counters = ["stats_last_nonzero", "latents_activation_frequency", "latents_mean_square"];

    public override string Name => "openai";

    public override string LooksFor => "a .pt file with pre_bias and latent_bias";

    protected override bool Matches(string fileName, TorchFile file) => file.Find("pre_bias") is not null && file.Find("latent_bias") is not null;

    protected override LoadedSae Read(SaePlace place, TorchFile file)
    {
        CheckOthers(file, ActivationKey, StateKey, LooseK, LoosePostActivation);
        SaeTensors tensors = new(file);
        int latents = tensors.Dimension("encoder.weight", 0);
        int width = tensors.Dimension("encoder.weight", 1);
        CheckOverrides(place, width, latents);
        (Matrix encoder, bool isColumns) = tensors.TakeEncoderRows("encoder.weight", latents, width, place.Hints.Mapping);
        using SaeParts parts = new()
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector("latent_bias", latents),
            Decoder = tensors.TakeTransposed("decoder.weight", width, latents, place.Hints.Mapping),
            DecoderBias = tensors.TakeVector("pre_bias", width),
        };
        foreach (string counter in s_counters.Where(tensors.Has))
        {
            tensors.Leave(counter);
        }

        tensors.CheckAllTaken(Name);
        parts.FoldInputBias(parts.DecoderBias, "pre_bias is subtracted from the input: folded into the encoder bias");
        Activation activation = ReadActivation(file, latents, parts);
        return parts.Build(activation, new SaeMetadata { TrainingMethod = activation is TopKActivation ? "topk" : "relu", SourceFormat = Name });
    }

    private static Activation ReadActivation(TorchFile file, int latents, SaeParts parts)
    {
        object? name = file.Has(ActivationKey) ? file.Value(ActivationKey) : "ReLU";
        switch (name)
        {
            case "ReLU":
                parts.Notes.Add(file.Has(ActivationKey) ? "activation ReLU: vectors are not normalised" : "the file names no activation: ReLU, vectors are not normalised");
                return new JumpReluActivation(new float[latents]);
            case "Identity":
                // Every latent is active: the largest M of M.
                parts.Notes.Add("activation Identity: every latent is active, vectors are not normalised");
                return new TopKActivation(latents, TopKRelu.None);
            case "TopK":
                break;
            default:
                throw Invalid(file, ActivationKey, "'ReLU', 'TopK' or 'Identity'", name);
        }

        if (!file.Has(StateKey) || file.Value(StateKey) is not PickleDictionary)
        {
            throw Invalid(file, StateKey, "a dictionary with k and postact_fn", file.Value(StateKey));
        }

        using TorchFile state = file.Inner(StateKey);
        string? stranger = state.OtherNames.Concat(state.Tensors.Select(tensor => tensor.Name)).FirstOrDefault(key => key is not ("k" or "postact_fn"));
        if (stranger is not null)
        {
            throw Invalid(state, stranger, "k and postact_fn only", state.Value(stranger));
        }

        long k = state.Value("k") is long given && given >= 1 && given <= latents ? given : throw Invalid(state, "k", $"an integer from 1 to {latents}", state.Value("k"));
        object? postActivation = state.Has("postact_fn") ? state.Value("postact_fn") : "ReLU";
        TopKRelu relu = postActivation switch
        {
            "ReLU" => TopKRelu.After,
            "Identity" => TopKRelu.None,
            _ => throw Invalid(state, "postact_fn", "'ReLU' or 'Identity'", postActivation),
        };
        CheckLoose(file, LooseK, k);
        CheckLoose(file, LoosePostActivation, postActivation);
        parts.Transform = InputTransform.LayerNormExact;
        parts.Notes.Add("activation TopK: each vector is normalised, (x − mean) / (σ + 1e-5), and the output brought back");
        return new TopKActivation((int)k, relu);
    }

    /// <summary>The class writes its settings a second time, and its own loader refuses them: they may be there, and must say the same.</summary>
    private static void CheckLoose(TorchFile file, string key, object? expected)
    {
        if (file.Has(key) && !Equals(file.Value(key), expected))
        {
            throw Invalid(file, key, $"{expected} as in {StateKey}", file.Value(key));
        }
    }

    private static SaeFormatException Invalid(TorchFile file, string key, string expected, object? found) => new(
        SaeFormatError.ConfigInvalid,
        $"'{file.Source}': {TorchObjects.Quote(key)}: expected {expected}, found {(found is string text ? $"'{TorchObjects.Quote(text)}'" : found is long number ? $"{number}" : TorchObjects.Describe(found))}");
}
