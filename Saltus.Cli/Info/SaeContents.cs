using Saltus.Autoencoders;
using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>Describes a sparse autoencoder.</summary>
internal static class SaeContents
{
    /// <summary>Describes an SAE's folder or file.</summary>
    public static Contents Read(string path, SaeHints hints)
    {
        LoadedSae loaded = SaeReader.Read(path, hints);
        using SparseCoder sae = loaded.Sae;
        Contents contents = new("sparse autoencoder") { Notes = loaded.Notes };
        return Add(contents, sae);
    }

    /// <summary>Appends what an SAE is to a description.</summary>
    public static Contents Add(Contents contents, SparseCoder sae)
    {
        SparseAutoencoder? linear = sae as SparseAutoencoder;
        contents
            .Add("architecture", linear is null ? sae.GetType().Name.Replace("Autoencoder", string.Empty, StringComparison.Ordinal) : null)
            .Add("activation", linear is null ? null : Describe(linear.Activation))
            .Add("width", sae.Latents)
            .Add("input", sae.InputWidth)
            .Add("output", sae.OutputWidth)
            .Add("transform", linear is null || linear.Transform == InputTransform.None ? null : linear.Transform.ToString())
            .Add("skip_connection", linear?.SkipWeights is null ? null : true);
        SaeMetadata metadata = sae.Metadata;
        return contents
            .Add("format", metadata.SourceFormat)
            .Add("model", metadata.ModelName)
            .Add("hook", metadata.HookName)
            .Add("output_hook", metadata.OutputHookName)
            .Add("context", metadata.ContextSize)
            .Add("dataset", metadata.Dataset)
            .Add("training_method", metadata.TrainingMethod);
    }

    private static string Describe(Activation activation) => activation switch
    {
        JumpReluActivation jump => Range(jump.Thresholds),
        TopKActivation top => $"TopK, k = {top.K}",
        AbsTopKActivation top => $"AbsTopK, k = {top.K}",
        _ => activation.GetType().Name.Replace("Activation", string.Empty, StringComparison.Ordinal),
    };

    private static string Range(ReadOnlySpan<float> thresholds)
    {
        float[] sorted = thresholds.ToArray();
        Array.Sort(sorted);
        return sorted[^1] == 0 && sorted[0] == 0
            ? "ReLU"
            : $"JumpReLU, thresholds {sorted[0]:G4} to {sorted[^1]:G4}, median {sorted[sorted.Length / 2]:G4}";
    }
}
