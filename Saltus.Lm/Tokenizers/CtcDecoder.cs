namespace Saltus.Lm.Tokenizers;

/// <summary>Drops repeated and padding tokens; cleaning up turns the delimiter of words into a space.</summary>
internal sealed class CtcDecoder(string padToken, string delimiter, bool cleanup) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens)
    {
        List<string> result = [];
        string? previous = null;
        foreach (string token in tokens)
        {
            if (token == previous)
            {
                continue;
            }

            previous = token;
            string text = Replace(token, padToken, "");
            text = cleanup ? Replace(WordPieceDecoder.Clean(text), delimiter, " ") : text;
            if (text.Length > 0)
            {
                result.Add(text);
            }
        }

        return result;
    }

    private static string Replace(string text, string from, string to) => from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal);
}
