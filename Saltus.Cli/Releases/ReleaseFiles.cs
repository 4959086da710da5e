using Saltus.Cli.Hub;

namespace Saltus.Cli.Releases;

/// <summary>Which files of a repository one published SAE consists of.</summary>
internal static class ReleaseFiles
{
    /// <summary>Chooses.</summary>
    /// <param name="sae">The SAE.</param>
    /// <param name="paths">Every file of the repository.</param>
    /// <returns>The files to fetch.</returns>
    /// <exception cref="HubException">The repository lacks one that the SAE needs.</exception>
    public static IReadOnlyList<string> Choose(ReleaseSae sae, IReadOnlyCollection<string> paths)
    {
        (string[] needed, string[] optional) = Names(sae, paths.Contains($"{sae.Folder}.safetensors", StringComparer.Ordinal));
        string? missing = Array.Find(needed, name => !paths.Contains(name, StringComparer.Ordinal));
        return missing is null
            ? [.. needed, .. optional.Where(name => paths.Contains(name, StringComparer.Ordinal))]
            : throw new HubException(
                HubError.NotFound,
                $"{sae.Name}: expected '{missing}' in {sae.Repository}, found no such file among {paths.Count}; the list of releases may be older than the repository: see 'saltus pull {sae.Repository} --list'");
    }

    /// <summary>Finds an SAE below the folder of a snapshot.</summary>
    /// <param name="sae">The SAE.</param>
    /// <param name="snapshot">The folder of the repository's files.</param>
    /// <returns>Its folder or file; null where not all of it is there.</returns>
    public static string? FindIn(ReleaseSae sae, string snapshot)
    {
        string path = PathIn(sae, snapshot);
        (string[] needed, _) = Names(sae, File.Exists($"{path}.safetensors"));
        return Array.TrueForAll(needed, name => File.Exists(Path.Combine(snapshot, name))) ? path : null;
    }

    /// <summary>Gets where an SAE lies below the folder of a snapshot: of a cross-layer transcoder, whose files are beside those of other layers, the snapshot itself.</summary>
    public static string PathIn(ReleaseSae sae, string snapshot)
    {
        string path = Path.Combine(snapshot, sae.Folder);
        return sae.Loader == "mntss_clt_layer_transcoder" ? snapshot : File.Exists($"{path}.safetensors") ? $"{path}.safetensors" : path;
    }

    private static (string[] Needed, string[] Optional) Names(ReleaseSae sae, bool isOneFile)
    {
        string folder = sae.Folder;
        return sae.Loader switch
        {
            "sae_lens" => ([$"{folder}/cfg.json", $"{folder}/sae_weights.safetensors"], [$"{folder}/sparsity.safetensors"]),
            "connor_rob_hook_z" => ([folder, $"{Stem(folder)}_cfg.json"], []),
            "gemma_2" or "gemma_2_transcoder" => ([$"{folder}/params.npz"], []),
            "gemma_3" when isOneFile => ([$"{folder}.safetensors"], []),
            "gemma_3" => ([$"{folder}/params.safetensors"], [$"{folder}/config.json"]),
            "llama_scope" => ([$"{folder}/hyperparams.json", $"{folder}/checkpoints/final.safetensors"], []),
            "llama_scope_r1_distill" => ([$"{folder}/config.json", $"{folder}/sae_weights.safetensors"], []),
            "dictionary_learning_1" => ([$"{folder}/ae.pt", $"{folder}/config.json"], []),
            "deepseek_r1" or "goodfire" or "qwen_scope" => ([folder], []),
            "mwhanna_transcoder" => ([folder], ["config.yaml", "wandb-config.yaml", "wanb-config.yaml"]),
            "mntss_clt_layer_transcoder" => ([$"W_enc_{folder}.safetensors", $"W_dec_{folder}.safetensors"], ["config.yaml"]),
            "temporal" => ([$"{folder}/conf.yaml", $"{folder}/latest_ckpt.safetensors"], []),
            _ => throw new InputException($"{sae.Name}: expected a loader that this version knows, found '{sae.Loader}' in the list of releases"),
        };
    }

    private static string Stem(string file) => file.EndsWith(".pt", StringComparison.Ordinal) ? file[..^".pt".Length] : file;
}
