using System.Globalization;
using System.Text.RegularExpressions;
using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>
/// A ReLU autoencoder kept as two linear layers in one torch file, the decoder's bias not subtracted from the input. Model and layer are in
/// the file's name: "Llama-3.3-70B-Instruct-SAE-l50.pt".
/// </summary>
internal abstract partial class TorchLinearFormat : TorchSaeFormat
{
    public override string LooksFor => $"a .pt file with {EncoderName}.weight and {DecoderName}.weight";

    protected abstract string EncoderName { get; }

    protected abstract string DecoderName { get; }

    /// <summary>Who published the model, as the hub names it.</summary>
    protected abstract string ModelOwner { get; }

    protected override bool Matches(string fileName, TorchFile file) =>
        file.Find($"{EncoderName}.weight") is not null && file.Find($"{DecoderName}.weight") is not null && file.Find($"{DecoderName}.bias") is not null && file.Tensors.Count == 4;

    protected override LoadedSae Read(SaePlace place, TorchFile file)
    {
        CheckOthers(file);
        SaeTensors tensors = new(file);
        int latents = tensors.Dimension($"{EncoderName}.weight", 0);
        int width = tensors.Dimension($"{EncoderName}.weight", 1);
        CheckOverrides(place, width, latents);
        using SaeParts parts = LinearTensors.Take(tensors, latents, width, EncoderName, DecoderName, place.Hints.Mapping);
        tensors.CheckAllTaken(Name);
        parts.Notes.Add($"{Name}: a ReLU autoencoder; the decoder's bias is not subtracted from the input");
        Match model = ModelAndLayer().Match(Path.GetFileName(file.Source));
        return parts.Build(new JumpReluActivation(new float[latents]), new SaeMetadata
        {
            ModelName = model.Success ? $"{ModelOwner}/{model.Groups[1].Value}" : null,
            HookName = model.Success ? string.Create(CultureInfo.InvariantCulture, $"blocks.{model.Groups[2].Value}.hook_resid_post") : null,
            TrainingMethod = "relu",
            SourceFormat = Name,
        });
    }

    [GeneratedRegex(@"^(.+)-SAE-l(\d+)\.pth?$", RegexOptions.CultureInvariant)]
    private static partial Regex ModelAndLayer();
}
