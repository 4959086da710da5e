using Saltus.Cli.Hub;

namespace Saltus.Cli.Releases;

/// <summary>A published SAE whose files are on this machine.</summary>
/// <param name="Sae">What the list says of it.</param>
/// <param name="Path">Its folder or file.</param>
internal sealed record PulledSae(ReleaseSae Sae, string Path)
{
    /// <summary>Finds what was pulled under a release's name.</summary>
    /// <param name="given">What a person wrote where an SAE is asked for.</param>
    /// <returns>The SAE; null where the text is a path, or no release's name.</returns>
    /// <exception cref="InputException">It is the name of an SAE that was not pulled, or can only be a release's name and is none.</exception>
    public static PulledSae? Find(string given)
    {
        if (System.IO.Path.Exists(given))
        {
            return null;
        }

        (string name, string revision) = ReleaseName.Split(given);
        ReleaseSae? sae = ReleaseList.Carried.Find(name);
        if (sae is null)
        {
            bool isMeant = ReleaseName.IsNoRepository(name) && ReleaseName.Spellings(name).Any(pair => ReleaseList.Carried.FindRelease(pair.Release) is not null);
            return isMeant ? throw ReleaseList.Carried.NotFound(name) : null;
        }

        HubSettings settings = HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        return FindIn(sae, HubName.Parse(sae.Repository + revision), settings) ?? throw new HubException(
            HubError.Offline, $"'{given}': expected its files in the hub's cache {settings.Cache}, found not all of them; fetch it with 'saltus pull {given}'");
    }

    /// <summary>Finds an SAE in a cache.</summary>
    /// <param name="sae">The SAE.</param>
    /// <param name="name">Its repository.</param>
    /// <param name="settings">Where the cache is.</param>
    /// <returns>The SAE; null where not all of it is there.</returns>
    public static PulledSae? FindIn(ReleaseSae sae, HubName name, HubSettings settings) =>
        new HubCache(settings.Cache).FindSnapshot(name) is string snapshot && ReleaseFiles.FindIn(sae, snapshot) is string path ? new PulledSae(sae, path) : null;
}
