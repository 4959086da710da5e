using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Gemma Scope: `params.npz` with the four weights and raw thresholds, raw activations in, b_dec not subtracted. What reads which hook is in
/// the repository's name, and an embedding SAE's scale in the folder's.
/// </summary>
internal sealed class GemmaScopeFormat : SaeFormat
{
    private const string FileName = "params.npz";

    public override string Name => "gemma_scope";

    public override IReadOnlyList<string> Loaders => ["gemma_2", "gemma_2_transcoder"];

    public override string LooksFor => FileName;

    public override bool Recognizes(SaePlace place) => place.IsFile ? place.FileName.EndsWith(".npz", StringComparison.Ordinal) : place.Has(FileName);

    public override LoadedSae Read(SaePlace place)
    {
        using NpzFile file = NpzFile.Open(place.IsFile ? place.UseFile() : place.Use(FileName));
        SaeTensors tensors = new(file);
        string encoder = Named(file, "W_enc");
        string decoder = Named(file, "W_dec");
        int latents = tensors.Dimension(encoder, 1);
        int width = tensors.Dimension(encoder, 0);
        int outputWidth = tensors.Dimension(decoder, 1);
        bool isEmbedding = place.InnerFolders.Contains("embedding");
        SaeMapping mapping = isEmbedding ? SaeMapping.Never : place.Hints.Mapping;
        (Matrix weights, bool isColumns) = tensors.TakeEncoder(encoder, width, latents, mapping);
        using SaeParts parts = new()
        {
            Encoder = weights,
            EncoderIsColumns = isColumns,
            EncoderBias = tensors.TakeVector(Named(file, "b_enc"), latents),
            Decoder = tensors.TakeMatrix(decoder, latents, outputWidth, mapping),
            DecoderBias = tensors.TakeVector(Named(file, "b_dec"), outputWidth),
            IsTranscoder = IsTranscoder(place),
        };
        parts.Notes.Add("Gemma Scope: b_dec is not subtracted from the input");
        parts.Notes.Add("thresholds: array 'threshold', as stored");
        float[] thresholds = tensors.TakeVector(Named(file, "threshold"), latents);
        tensors.DropScalingFactor(latents, parts.Notes);
        tensors.CheckAllTaken("gemma_scope");
        if (isEmbedding)
        {
            SaeFolding.Scale(parts.Encoder, 1 / Math.Sqrt(width));
            SaeFolding.Scale(parts.Decoder, Math.Sqrt(width));
            parts.Notes.Add("an embedding SAE by its folder: encoder ÷ √d, decoder × √d");
        }

        return parts.Build(new JumpReluActivation(thresholds), Metadata(place));
    }

    /// <summary>Loaders of Gemma Scope accept names without the underscore, in any case, and W_E for W_enc.</summary>
    private static string Named(NpzFile file, string name)
    {
        string wanted = Plain(name);
        string[] found = [.. file.Tensors.Select(tensor => tensor.Name).Where(other => Plain(other) == wanted)];
        return found.Length <= 1 ? found.FirstOrDefault(name) : throw new SaeFormatException(
            SaeFormatError.TensorUnknown, $"'{file.Source}': expected one array {name}, found {string.Join(" and ", found)}");
    }

    private static string Plain(string name)
    {
        string plain = name.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        return plain is "we" or "wd" or "be" or "bd" ? $"{plain}{(plain[1] == 'e' ? "nc" : "ec")}" : plain;
    }

    private static bool IsTranscoder(SaePlace place) =>
        place.Hints.Loader == "gemma_2_transcoder" || place.Hints.RepoId?.Contains("transcoder", StringComparison.Ordinal) == true;

    private static SaeMetadata Metadata(SaePlace place)
    {
        string repository = place.Hints.RepoId?.Split('/')[^1] ?? string.Empty;
        bool isTranscoder = IsTranscoder(place);
        string? layer = HookNames.Layer(place.FolderName);
        string? hook = place.InnerFolders.Contains("embedding") ? "blocks.0.hook_resid_pre"
            : layer is null || isTranscoder ? null
            : repository.EndsWith("-res", StringComparison.Ordinal) ? $"blocks.{layer}.hook_resid_post"
            : repository.EndsWith("-mlp", StringComparison.Ordinal) ? $"blocks.{layer}.hook_mlp_out"
            : repository.EndsWith("-att", StringComparison.Ordinal) ? $"blocks.{layer}.attn.hook_z"
            : null;
        string[] words = repository.Split('-');
        int size = Array.FindIndex(words, word => word is "2b" or "9b" or "27b");
        bool isTuned = size >= 0 && size + 1 < words.Length && words[size + 1] == "it";
        return new SaeMetadata
        {
            ModelName = size < 0 ? null : $"google/gemma-2-{words[size]}{(isTuned ? "-it" : string.Empty)}",
            HookName = hook,
            OutputHookName = isTranscoder && layer is not null ? $"blocks.{layer}.hook_mlp_out" : null,
            PrependBos = true,
            ContextSize = 1024,
            TrainingMethod = "jumprelu",
            SourceFormat = "gemma_scope",
        };
    }
}
