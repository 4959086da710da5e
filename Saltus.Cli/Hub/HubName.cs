using System.Text.RegularExpressions;

namespace Saltus.Cli.Hub;

/// <summary>A repository of a model hub as people write it: <c>org/name</c>, <c>datasets/org/name</c>, with <c>@revision</c> behind it where it is not the main branch.</summary>
/// <param name="Repository">Owner and name, or the name alone of the oldest repositories, such as "gpt2".</param>
/// <param name="IsDataset">Whether it is a data set rather than a model.</param>
/// <param name="Revision">Branch, tag, "refs/pr/1", or the 40 digits of a commit.</param>
internal sealed partial record HubName(string Repository, bool IsDataset, string Revision)
{
    private const string DatasetPrefix = "datasets/";
    private const string MainBranch = "main";
    private const int LongestPart = 96;

    /// <summary>Gets the path of the repository's pages and files below the endpoint.</summary>
    public string PagePath => IsDataset ? DatasetPrefix + Repository : Repository;

    /// <summary>Gets the path of the repository below the endpoint's <c>api/</c>.</summary>
    public string ApiPath => $"{Kind}s/{Repository}";

    /// <summary>Gets the name of the repository's folder in a cache, as <c>huggingface_hub</c> has it.</summary>
    public string FolderName => $"{Kind}s--{Repository.Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary>Gets whether the revision is a commit, whose files never change.</summary>
    public bool IsCommit => CommitPattern().IsMatch(Revision);

    private string Kind => IsDataset ? "dataset" : "model";

    /// <summary>Reads a name.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <param name="name">The name where it is one.</param>
    /// <returns>Whether it could be a repository's name.</returns>
    public static bool TryParse(string text, out HubName name)
    {
        bool isDataset = text.StartsWith(DatasetPrefix, StringComparison.Ordinal);
        string rest = isDataset ? text[DatasetPrefix.Length..] : text;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        string repository = at < 0 ? rest : rest[..at];
        name = new HubName(repository, isDataset, at < 0 ? MainBranch : rest[(at + 1)..]);
        return repository.Split('/') is { Length: 1 or 2 } parts && parts.All(IsPart) && RevisionPattern().IsMatch(name.Revision)
            && !name.Revision.Contains("..", StringComparison.Ordinal);
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <returns>The name.</returns>
    /// <exception cref="InputException">It is none.</exception>
    public static HubName Parse(string text) => TryParse(text, out HubName name)
        ? name
        : throw new InputException($"'{text}': expected a repository of the hub such as org/name, org/name@revision or datasets/org/name, found another form");

    /// <inheritdoc/>
    public override string ToString() => PagePath + (Revision == MainBranch ? string.Empty : $"@{Revision}");

    private static bool IsPart(string part) =>
        part.Length <= LongestPart && PartPattern().IsMatch(part) && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal);

    [GeneratedRegex("^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PartPattern();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_./-]*$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RevisionPattern();

    [GeneratedRegex("^[0-9a-f]{40}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CommitPattern();
}
