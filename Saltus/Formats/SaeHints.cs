using System.Text.Json;

namespace Saltus.Formats;

/// <summary>What a list of releases, or the user, says about an SAE that its files do not.</summary>
public sealed record SaeHints
{
    /// <summary>Gets the name of SAELens's loader ("gemma_2", "llama_scope", …); null to decide from the files.</summary>
    public string? Loader { get; init; }

    /// <summary>Gets the place inside the repository, which some loaders read as a part of the configuration; null if unknown.</summary>
    public string? FolderName { get; init; }

    /// <summary>Gets the repository ("google/gemma-scope-2b-pt-res"), which some loaders read too; null if unknown.</summary>
    public string? RepoId { get; init; }

    /// <summary>Gets the factor s that inputs are multiplied by, to be folded into the weights; null for none.</summary>
    public double? NormScalingFactor { get; init; }

    /// <summary>Gets keys that take the place of the configuration's; null for none.</summary>
    public JsonElement? ConfigOverrides { get; init; }

    /// <summary>Gets whose reading is meant.</summary>
    public SaeConvention Convention { get; init; }

    /// <summary>
    /// Gets whether a checkpoint of SAELens is read as what SAELens saves of it for inference, a BatchTopK one with the threshold that it has learnt; else it runs as
    /// its training class does, which chooses over a whole batch.
    /// </summary>
    public bool ForInference { get; init; }

    /// <summary>Gets whether weights stay in their file.</summary>
    public SaeMapping Mapping { get; init; }

    /// <summary>Reads the hints of a `meta.json`, as references have it beside them.</summary>
    /// <param name="path">The file; one that is not there gives no hints.</param>
    /// <returns>The hints.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static SaeHints FromMeta(string path)
    {
        if (!File.Exists(path))
        {
            return new SaeHints();
        }

        JsonFields fields = JsonFields.Read(path);
        return new SaeHints
        {
            Loader = fields.GetString("loader", null),
            FolderName = fields.GetString("folder_name", null),
            RepoId = fields.GetString("repo_id", null),
            NormScalingFactor = fields.Has("norm_scaling_factor") ? fields.GetDouble("norm_scaling_factor") : null,
            ConfigOverrides = fields.FindObject("config_overrides")?.Element,
        };
    }
}
