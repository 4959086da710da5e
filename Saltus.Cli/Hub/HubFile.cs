namespace Saltus.Cli.Hub;

/// <summary>One file of a repository at a commit.</summary>
/// <param name="Path">Its path in the repository, with slashes.</param>
/// <param name="Tag">What its content is known by: the SHA-256 of large files, the git blob's SHA-1 of others.</param>
/// <param name="Bytes">Its size.</param>
internal sealed record HubFile(string Path, string Tag, long Bytes);
