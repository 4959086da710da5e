using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>The hook_z SAEs of Kissane and Krzyzanowski for GPT-2: `NAME.pt` with the four in SAELens's orientation, and `NAME_cfg.json`.</summary>
internal sealed class ConnorRobFormat : TorchSaeFormat
{
    private const string ConfigSuffix = "_cfg.json";

    public override string Name => "connor_rob_hook_z";

    public override IReadOnlyList<string> Loaders => ["connor_rob_hook_z"];

    public override string LooksFor => $"NAME.pt and NAME{ConfigSuffix} with act_size";

    public override bool Recognizes(SaePlace place) => FileOf(place) is string path && File.Exists(ConfigOf(path)) && base.Recognizes(place);

    protected override bool Matches(string fileName, TorchFile file) => file.Find("W_enc") is not null;

    protected override LoadedSae Read(SaePlace place, TorchFile file)
    {
        CheckOthers(file);
        JsonFields config = JsonFields.Read(place.Use(Path.GetFileName(ConfigOf(file.Source))));
        int width = config.GetPositive("act_size");
        int latents = config.GetPositive("dict_size");
        CheckOverrides(place, width, latents);
        SaeTensors tensors = new(file);
        (Matrix encoder, bool isColumns) = tensors.TakeEncoder("W_enc", width, latents, place.Hints.Mapping);
        using SaeParts parts = new()
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector("b_enc", latents),
            Decoder = tensors.TakeMatrix("W_dec", latents, width, place.Hints.Mapping),
            DecoderBias = tensors.TakeVector("b_dec", width),
        };
        tensors.CheckAllTaken(Name);
        parts.FoldInputBias(parts.DecoderBias, "b_dec is subtracted from the input: folded into the encoder bias");
        parts.Notes.Add("hook_z: heads are concatenated into one vector");
        return parts.Build(new JumpReluActivation(new float[latents]), new SaeMetadata
        {
            ModelName = "gpt2-small",
            HookName = config.GetString("act_name"),
            TrainingMethod = "relu",
            SourceFormat = Name,
        });
    }

    private static string ConfigOf(string path) => Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, Path.GetFileNameWithoutExtension(path) + ConfigSuffix);
}
