namespace Saltus.Cli.Hub;

/// <summary>Where the hub is, where its files are kept and who asks: read from the same environment variables as <c>huggingface_hub</c>.</summary>
internal sealed record HubSettings
{
    private const string PublicEndpoint = "https://huggingface.co";

    /// <summary>Gets the hub's address, with a slash at the end.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Gets the folder of the cache.</summary>
    public required string Cache { get; init; }

    /// <summary>Gets the token that proves who asks; null for nobody.</summary>
    public string? Token { get; init; }

    /// <summary>Gets whether only what is on this machine may be used.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Gets the wait before the first repetition of a failed request; each further one is twice as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long a connection may be silent before it counts as dropped.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads the environment: HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_DISABLE_IMPLICIT_TOKEN.</summary>
    /// <param name="read">Gets a variable; null where it is not set.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="InputException">HF_ENDPOINT is no address.</exception>
    public static HubSettings FromEnvironment(Func<string, string?> read)
    {
        string? Read(string name) => read(name) is { Length: > 0 } value ? value : null;
        string address = Read("HF_ENDPOINT") ?? PublicEndpoint;
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out Uri? endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new InputException($"HF_ENDPOINT: expected the address of a hub such as {PublicEndpoint}, found '{address}'");
        }

        string home = Read("HF_HOME") ?? Path.Combine(
            Read("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "huggingface");
        return new HubSettings
        {
            Endpoint = endpoint,
            Cache = Path.GetFullPath(Read("HF_HUB_CACHE") ?? Read("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub")),
            Token = IsOn(Read("HF_HUB_DISABLE_IMPLICIT_TOKEN")) ? null : Read("HF_TOKEN")?.Trim() ?? StoredToken(Read("HF_TOKEN_PATH") ?? Path.Combine(home, "token")),
            IsOffline = IsOn(Read("HF_HUB_OFFLINE")) || IsOn(Read("TRANSFORMERS_OFFLINE")),
        };
    }

    private static string? StoredToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"'{path}': expected a file with the hub's token, found one that cannot be read; set HF_TOKEN, or delete it", exception);
        }
    }

    private static bool IsOn(string? value) => value?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE";
}
