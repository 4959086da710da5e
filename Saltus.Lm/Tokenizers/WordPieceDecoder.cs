namespace Saltus.Lm.Tokenizers;

/// <summary>Joins continuing pieces to what they continue and puts a space before the others; cleaning up takes the space off before punctuation.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : TokenDecoder
{
    // In this order: each works on what the ones before have left.
    private static readonly (string From, string To)[] s_cleanup =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) => [.. tokens.Select((token, i) =>
    {
        if (i > 0)
        {
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        }

        return cleanup ? Clean(token) : token;
    })];

    /// <summary>English contractions and punctuation without the space before them.</summary>
    internal static string Clean(string text)
    {
        foreach ((string from, string to) in s_cleanup)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}
