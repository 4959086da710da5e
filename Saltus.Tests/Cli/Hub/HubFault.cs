namespace Saltus.Tests.Cli.Hub;

/// <summary>What goes wrong with one request.</summary>
internal sealed record HubFault
{
    /// <summary>The status in place of an answer; 0 for none.</summary>
    public int Status { get; init; }

    /// <summary>The hub's name for the refusal.</summary>
    public string? Code { get; init; }

    /// <summary>Seconds that the hub asks to wait.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Bytes after which the connection drops.</summary>
    public int? DropAfter { get; init; }

    /// <summary>Bytes sent beyond the file's end.</summary>
    public byte[]? Surplus { get; init; }

    /// <summary>Whether every byte is another one.</summary>
    public bool Damages { get; init; }

    /// <summary>Whether the whole file is sent whatever was asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Whether it happens to the question what the repository holds, not to a content.</summary>
    public bool IsOfDescription { get; init; }
}
