using System.CommandLine;
using Saltus.Cli.Hub;
using Saltus.Cli.Releases;

namespace Saltus.Cli.Info;

/// <summary>Describes a published SAE by what the list of releases says of it, and by its files where they were pulled. Needs no network.</summary>
internal static class PublishedContents
{
    /// <summary>Describes.</summary>
    /// <param name="given">What a person wrote.</param>
    /// <param name="values">Options, some of which go before what the list says.</param>
    /// <returns>The description; null where it is a path, or can be no release's name.</returns>
    /// <exception cref="InputException">It can only be a release's name and is none, or its files are damaged.</exception>
    public static Contents? TryRead(string given, ParseResult values)
    {
        if (Path.Exists(given))
        {
            return null;
        }

        (string name, string revision) = ReleaseName.Split(given);
        if (ReleaseList.Carried.Find(name) is not ReleaseSae sae)
        {
            bool isMeant = ReleaseList.Carried.FindRelease(name) is not null
                || ReleaseName.Spellings(name).Any(pair => ReleaseList.Carried.FindRelease(pair.Release) is not null);
            return isMeant ? throw ReleaseList.Carried.NotFound(name) : null;
        }

        HubSettings settings = HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        PulledSae? pulled = PulledSae.FindIn(sae, HubName.Parse(sae.Repository + revision), settings);
        Contents contents = pulled is null
            ? new Contents("published SAE, not pulled") { Notes = [$"'saltus pull {given}' fetches its files; then this shows what is in them"] }
            : Pulled(pulled, values, out string path).Add("files", path);
        return contents
            .Add("name", sae.Name)
            .Add("repository", sae.Repository)
            .Add("folder", sae.Folder)
            .Add("loader", sae.Loader)
            .Add("release_model", sae.Model)
            .Add("release_l0", sae.L0)
            .Add("norm_scaling_factor", sae.NormScalingFactor)
            .Add("variance_explained", sae.VarianceExplained)
            .Add("neuronpedia", sae.Neuronpedia)
            .Add("config_overrides", sae.ConfigOverrides?.GetRawText());
    }

    private static Contents Pulled(PulledSae pulled, ParseResult values, out string path)
    {
        path = pulled.Path;
        return SaeContents.Read(path, SaeOptions.HintsOf(values, pulled.Sae.Hints));
    }
}
