namespace Saltus.Lm.Tokenizers;

/// <summary>A fixed, non-empty string.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    public string Literal => literal;

    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        int previous = 0;
        while (true)
        {
            int found = text[previous..].IndexOf(literal, StringComparison.Ordinal);
            int start = found < 0 ? text.Length : previous + found;
            if (start > previous)
            {
                matches.Add(new TextMatch(previous, start, false));
            }

            if (found < 0)
            {
                return;
            }

            previous = start + literal.Length;
            matches.Add(new TextMatch(start, previous, true));
        }
    }
}
