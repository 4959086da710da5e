using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Cli.Releases;

/// <summary>One published SAE: where it lies, and what its own files do not say.</summary>
internal sealed record ReleaseSae
{
    /// <summary>Gets the release's name.</summary>
    public required string Release { get; init; }

    /// <summary>Gets the name within the release.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the hub's repository.</summary>
    public required string Repository { get; init; }

    /// <summary>Gets the language model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the name of the reader that the files need.</summary>
    public required string Loader { get; init; }

    /// <summary>Gets the folder or file within the repository; of a cross-layer transcoder the number of its layer.</summary>
    public required string Folder { get; init; }

    /// <summary>Gets the factor that activations are multiplied by; null for none.</summary>
    public double? NormScalingFactor { get; init; }

    /// <summary>Gets the mean number of active latents that the list states; null where it states none.</summary>
    public double? L0 { get; init; }

    /// <summary>Gets the share of the variance that the list says is explained; null where it says nothing.</summary>
    public double? VarianceExplained { get; init; }

    /// <summary>Gets the page's name at Neuronpedia; null where there is none.</summary>
    public string? Neuronpedia { get; init; }

    /// <summary>Gets keys that replace those of the files' own configuration; null for none.</summary>
    public JsonElement? ConfigOverrides { get; init; }

    /// <summary>Gets the whole name.</summary>
    public string Name => $"{Release}/{Id}";

    /// <summary>Gets what a reader must know beside the files.</summary>
    public SaeHints Hints => new()
    {
        Loader = Loader,
        FolderName = Folder,
        RepoId = Repository,
        NormScalingFactor = NormScalingFactor,
        ConfigOverrides = ConfigOverrides,
    };
}
