namespace Saltus.Cli.Hub;

/// <summary>Finds models that were fetched before, wherever a folder is asked for.</summary>
internal static class HubModels
{
    /// <summary>Gets the path that a person means: what exists under that path, else what the hub's cache holds under that name.</summary>
    /// <param name="given">A path, or a repository's name.</param>
    /// <returns>A path; the given one where it is neither, so that whoever opens it says what was expected.</returns>
    /// <exception cref="HubException">It is a repository's name, and nothing of it is on this machine.</exception>
    public static string Find(string given)
    {
        if (Path.Exists(given) || !given.Contains('/', StringComparison.Ordinal) || !HubName.TryParse(given, out HubName name) || Path.Exists(given.Split('/')[0]))
        {
            return given;
        }

        HubSettings settings = HubSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        return new HubCache(settings.Cache).FindSnapshot(name) ?? throw NotHere(name, settings);
    }

    /// <summary>Creates the error of a repository of which nothing is on this machine.</summary>
    public static HubException NotHere(HubName name, HubSettings settings, string? given = null) => new(
        HubError.Offline,
        $"'{name}': expected a folder, or a repository in the hub's cache {settings.Cache}, found neither; "
        + (settings.IsOffline ? "unset HF_HUB_OFFLINE, then " : string.Empty) + $"fetch it with 'saltus pull {given ?? name.ToString()}'");
}
