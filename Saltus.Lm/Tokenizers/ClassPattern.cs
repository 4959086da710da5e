namespace Saltus.Lm.Tokenizers;

/// <summary>Every single code point of a class, each a match of its own.</summary>
internal sealed class ClassPattern(byte flags) : TextPattern
{
    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        int start = 0;
        while (start < text.Length)
        {
            int end = CodePointClass.SkipUntil(text, start, flags);
            if (end > start)
            {
                matches.Add(new TextMatch(start, end, false));
            }

            start = end;
            if (start < text.Length)
            {
                CodePointClass.At(text, start, out int length);
                matches.Add(new TextMatch(start, start + length, true));
                start += length;
            }
        }
    }
}
