using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// One layer of a cross-layer transcoder kept as `W_enc_{L}.safetensors` and `W_dec_{L}.safetensors`: its latents are exact, its output is the
/// sum of what its decoders write to all layers.
/// </summary>
internal sealed class CrossLayerFormat : SaeFormat
{
    private const string Prefix = "W_enc_";
    private const string Suffix = ".safetensors";

    public override string Name => "mntss_clt";

    public override IReadOnlyList<string> Loaders => ["mntss_clt_layer_transcoder"];

    public override string LooksFor => "W_enc_N.safetensors and W_dec_N.safetensors";

    public override bool Recognizes(SaePlace place) => place.IsFile ? IsEncoder(place.FileName) : Layers(place).Length > 0;

    public override LoadedSae Read(SaePlace place)
    {
        string layer = Layer(place);
        using SafetensorsFile encoderFile = SafetensorsFile.Open(place.Use($"{Prefix}{layer}{Suffix}"));
        using SafetensorsFile decoderFile = SafetensorsFile.Open(place.Use($"W_dec_{layer}{Suffix}"));
        SaeTensors encoder = new(encoderFile);
        SaeTensors decoder = new(decoderFile);
        int latents = encoder.Dimension($"W_enc_{layer}", 0);
        int width = encoder.Dimension($"W_enc_{layer}", 1);
        int outputWidth = encoder.Dimension($"b_dec_{layer}", 0);
        using SaeParts parts = new()
        {
            Encoder = encoder.TakeMatrix($"W_enc_{layer}", latents, width, place.Hints.Mapping),
            EncoderBias = encoder.TakeVector($"b_enc_{layer}", latents),
            Decoder = decoder.TakeSummed($"W_dec_{layer}", latents, outputWidth),
            DecoderBias = encoder.TakeVector($"b_dec_{layer}", outputWidth),
            IsTranscoder = true,
        };
        encoder.CheckAllTaken(Name);
        decoder.CheckAllTaken(Name);
        parts.Notes.Add("cross-layer transcoder: b_dec is not subtracted; decoders are summed over the layers they write to");
        return parts.Build(new JumpReluActivation(new float[latents]), TranscoderMetadata.Read(place, "config.yaml", layer, Name));
    }

    private static bool IsEncoder(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal);

    private static string[] Layers(SaePlace place) => [.. Directory.EnumerateFiles(place.Folder, $"{Prefix}*{Suffix}").Select(path => Of(Path.GetFileName(path))).Order(StringComparer.Ordinal)];

    private static string Of(string name) => name[Prefix.Length..^Suffix.Length];

    private static string Layer(SaePlace place)
    {
        if (place.IsFile)
        {
            return Of(place.FileName);
        }

        string[] layers = Layers(place);
        string? wanted = place.Hints.FolderName ?? (layers.Length == 1 ? layers[0] : null);
        return wanted is not null && layers.Contains(wanted) ? wanted : throw new SaeFormatException(
            SaeFormatError.FileMissing, $"'{place.Folder}': expected the layer to be named, found {string.Join(", ", layers)}; name its {Prefix}N{Suffix}");
    }
}
