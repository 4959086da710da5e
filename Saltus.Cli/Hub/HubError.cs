namespace Saltus.Cli.Hub;

/// <summary>Ways in which a hub can fail.</summary>
internal enum HubError
{
    /// <summary>No connection, or one that broke off or fell silent.</summary>
    Connection,

    /// <summary>Status 429: too many requests.</summary>
    Busy,

    /// <summary>Status 5xx or 408: the hub's own trouble.</summary>
    Server,

    /// <summary>Status 401: no token, or one that is not valid.</summary>
    Unauthorized,

    /// <summary>Status 403: the token's account may not read the repository.</summary>
    Forbidden,

    /// <summary>Status 404: no such repository, revision or file.</summary>
    NotFound,

    /// <summary>The hub's answer is not of the form that hubs give.</summary>
    Answer,

    /// <summary>A file's content has another size than the hub says.</summary>
    Size,

    /// <summary>A file's content has another checksum than the hub says.</summary>
    Checksum,

    /// <summary>The network may not be used, and what is wanted is not on this machine.</summary>
    Offline,
}
