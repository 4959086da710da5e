using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// One layer of a set of ReLU transcoders as circuit-tracer takes them: a safetensors file with `W_enc`, `W_dec`, `b_enc`, `b_dec`, perhaps
/// `W_skip`, and YAML beside it. Some sets keep a weight as [M, d], some as [d, M]: the biases' lengths say which it is.
/// </summary>
internal sealed class LayerTranscoderFormat : SaeFormat
{
    private const string ConfigName = "config.yaml";
    private static readonly string[] s_trainingNames = ["wandb-config.yaml", "wanb-config.yaml"];

    public override string Name => "mwhanna_transcoder";

    public override IReadOnlyList<string> Loaders => ["mwhanna_transcoder"];

    public override string LooksFor => "a layer's .safetensors with W_enc, W_dec, b_enc, b_dec";

    public override bool Recognizes(SaePlace place) => place.IsFile
        && place.FileName.EndsWith(".safetensors", StringComparison.Ordinal)
        && Array.TrueForAll(["W_enc", "W_dec", "b_enc", "b_dec"], name => place.HasTensor(place.FileName, name));

    public override LoadedSae Read(SaePlace place)
    {
        if (!place.IsFile)
        {
            throw new SaeFormatException(SaeFormatError.FileMissing, $"'{place.Path}': expected one layer's .safetensors file, found a folder; name the file");
        }

        using SafetensorsFile file = SafetensorsFile.Open(place.UseFile());
        SaeTensors tensors = new(file);
        int latents = tensors.Dimension("b_enc", 0);
        int outputWidth = tensors.Dimension("b_dec", 0);
        bool isKnown = place.Hints.Loader is not null;
        bool isRows = isKnown || IsRows(tensors, "W_enc", latents, 0);
        int width = tensors.Dimension("W_enc", isRows ? 1 : 0);
        CheckTraining(place, width, latents);
        using SaeParts parts = new()
        {
            Encoder = isRows ? tensors.TakeMatrix("W_enc", latents, width, place.Hints.Mapping) : tensors.TakeTransposed("W_enc", width, latents),
            EncoderBias = tensors.TakeVector("b_enc", latents),
            Decoder = isKnown || IsRows(tensors, "W_dec", latents, outputWidth)
                ? tensors.TakeMatrix("W_dec", latents, outputWidth, place.Hints.Mapping)
                : tensors.TakeTransposed("W_dec", outputWidth, latents),
            DecoderBias = tensors.TakeVector("b_dec", outputWidth),
            IsTranscoder = true,
        };
        parts.Notes.Add($"transcoder of one layer: b_dec is not subtracted from the input; W_enc is stored {(isRows ? "[latents, d]" : "[d, latents]")}");
        if (tensors.Has("W_skip"))
        {
            parts.Skip = tensors.TakeMatrix("W_skip", outputWidth, width);
            parts.Notes.Add("skip connection: x·W_skipᵀ");
        }

        tensors.CheckAllTaken(Name);
        return parts.Build(new JumpReluActivation(new float[latents]), TranscoderMetadata.Read(place, ConfigName, HookNames.Layer(place.FileName), Name));
    }

    /// <summary>Whether rows are latents: by the one dimension that is not shared, and by the file's family where both are.</summary>
    private static bool IsRows(SaeTensors tensors, string name, int latents, int width)
    {
        int first = tensors.Dimension(name, 0);
        int second = tensors.Dimension(name, 1);
        if (first == second)
        {
            throw new SaeFormatException(
                SaeFormatError.TensorShape, $"tensor '{name}' in '{tensors.Source}': expected as many latents as inputs or not, found a square: rows or columns may be latents; name the loader");
        }

        return first == latents && (width == 0 || second == width);
    }

    private static void CheckTraining(SaePlace place, int width, int latents)
    {
        if (Array.Find(s_trainingNames, place.Has) is not string name)
        {
            return;
        }

        YamlFields training = YamlFields.Read(place.Use(name));
        Check("d_model.value", width);
        Check("d_feature.value", latents);

        void Check(string key, int found)
        {
            if (training.Has(key) && training.GetPositive(key) != found)
            {
                throw training.Invalid(key, FormattableString.Invariant($"{found}, which the weights have"));
            }
        }
    }
}
