namespace Saltus.Cli.Releases;

/// <summary>
/// How people write a published SAE: <c>release/id</c> or <c>release:id</c> with SAELens's two names, or a colon in place of a dash of the release's name
/// (<c>gemma-scope:2b-pt-res/layer_12/…</c>). Behind an @ may stand a revision of the repository.
/// </summary>
internal static class ReleaseName
{
    /// <summary>Gets the pairs of names that a text can mean, the likeliest first.</summary>
    /// <param name="text">What a person wrote, without a revision.</param>
    public static IEnumerable<(string Release, string Id)> Spellings(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string[] forms = colon < 0 ? [text] : [$"{text[..colon]}-{text[(colon + 1)..]}", $"{text[..colon]}/{text[(colon + 1)..]}"];
        return forms.Select(form => (form, slash: form.IndexOf('/', StringComparison.Ordinal)))
            .Where(pair => pair.slash > 0)
            .Select(pair => (pair.form[..pair.slash], pair.form[(pair.slash + 1)..]));
    }

    /// <summary>Takes a revision off a name.</summary>
    /// <param name="text">What a person wrote.</param>
    /// <returns>The name, and the revision with its @; empty where none is given.</returns>
    public static (string Name, string Revision) Split(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? (text, string.Empty) : (text[..at], text[at..]);
    }

    /// <summary>Whether a text has a form that no repository has.</summary>
    /// <param name="text">What a person wrote, without a revision.</param>
    public static bool IsNoRepository(string text) =>
        text.Contains(':', StringComparison.Ordinal) || (text.Count(letter => letter == '/') > 1 && !text.StartsWith("datasets/", StringComparison.Ordinal));
}
