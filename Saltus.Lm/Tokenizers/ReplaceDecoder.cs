using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Replaces a pattern in every token.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) => tokens.ConvertAll(Replace);

    /// <inheritdoc/>
    public override (string Text, byte[]? Bytes) Show(string token) => (Replace(token), null);

    private string Replace(string token)
    {
        List<TextMatch> matches = [];
        pattern.FindMatches(token, matches);
        var result = new StringBuilder(token.Length);
        foreach (TextMatch match in matches)
        {
            result.Append(match.IsMatch ? content.AsSpan() : token.AsSpan(match.Start, match.End - match.Start));
        }

        return result.ToString();
    }
}
