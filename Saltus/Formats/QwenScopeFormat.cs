using System.Globalization;
using System.Text.RegularExpressions;
using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Qwen Scope: `layer{L}.sae.pt` with the four, both weights transposed (W_enc [M, d], W_dec [d, M]). The file does not say k: it stands in
/// the repository's name ("SAE-Res-Qwen3-1.7B-Base-W32K-L0_50"), with the number of latents.
/// </summary>
internal sealed partial class QwenScopeFormat : TorchSaeFormat
{
    private const string KwargsKey = "activation_fn_kwargs";
    private const int Thousand = 1024;

    public override string Name => "qwen_scope";

    public override IReadOnlyList<string> Loaders => ["qwen_scope"];

    public override string LooksFor => "layer{L}.sae.pt in a repository whose name ends with W{width}K-L0_{k}";

    protected override bool Matches(string fileName, TorchFile file) => LayerOf().IsMatch(fileName) && file.Find("W_enc") is not null;

    protected override LoadedSae Read(SaePlace place, TorchFile file)
    {
        CheckOthers(file);
        SaeTensors tensors = new(file);
        int latents = tensors.Dimension("W_enc", 0);
        int width = tensors.Dimension("W_enc", 1);
        CheckOverrides(place, width, latents, KwargsKey);
        Match name = Repository().Match(place.Hints.RepoId ?? Path.GetFullPath(file.Source).Replace('\\', '/'));
        int k = ReadK(place, file, name, latents);
        (Matrix encoder, bool isColumns) = tensors.TakeEncoderRows("W_enc", latents, width, place.Hints.Mapping);
        using SaeParts parts = new()
        {
            Encoder = encoder,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector("b_enc", latents),
            Decoder = tensors.TakeTransposed("W_dec", width, latents, place.Hints.Mapping),
            DecoderBias = tensors.TakeVector("b_dec", width),
        };
        tensors.CheckAllTaken(Name);
        parts.Notes.Add("qwen_scope: b_dec is not subtracted from the input; decoder norms are not looked at");
        Match layer = LayerOf().Match(Path.GetFileName(file.Source));
        return parts.Build(new TopKActivation(k, TopKRelu.After), new SaeMetadata
        {
            ModelName = name.Success ? $"Qwen/{name.Groups[1].Value}" : null,
            HookName = layer.Success ? $"blocks.{layer.Groups[1].Value}.hook_resid_post" : null,
            TrainingMethod = "topk",
            SourceFormat = Name,
        });
    }

    private static int ReadK(SaePlace place, TorchFile file, Match name, int latents)
    {
        JsonFields? overrides = place.Hints.ConfigOverrides is { } element ? JsonFields.FromElement(element, $"{place.Root}: config_overrides") : null;
        if (overrides?.FindObject(KwargsKey) is JsonFields kwargs)
        {
            int given = kwargs.GetPositive("k");
            return given <= latents ? given : throw kwargs.Invalid("k", $"at most {latents}, the number of latents");
        }

        if (!name.Success || !int.TryParse(name.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int k) || k < 1 || k > latents)
        {
            throw new SaeFormatException(
                SaeFormatError.ConfigInvalid,
                $"'{file.Source}': k: expected it in the repository's name (…-W32K-L0_50), at most {latents}; found no such name; keep the file in a folder of that name");
        }

        bool isWidth = int.TryParse(name.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int thousands) && (long)thousands * Thousand == latents;
        return isWidth || overrides?.Has("d_sae") == true ? k : throw new SaeFormatException(
            SaeFormatError.ConfigInvalid, $"'{file.Source}': expected {name.Groups[2].Value} × {Thousand} latents by the repository's name, found {latents}");
    }

    [GeneratedRegex(@"^layer(\d+)\.sae\.pt$", RegexOptions.CultureInvariant)]
    private static partial Regex LayerOf();

    [GeneratedRegex(@"SAE-Res-([^/]+)-W(\d+)K-L0_(\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Repository();
}
