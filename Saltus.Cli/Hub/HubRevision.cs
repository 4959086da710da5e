namespace Saltus.Cli.Hub;

/// <summary>What a repository holds at a revision.</summary>
/// <param name="Commit">The commit that the revision means now.</param>
/// <param name="Paths">Every file's path, in ordinal order.</param>
internal sealed record HubRevision(string Commit, IReadOnlyList<string> Paths);
