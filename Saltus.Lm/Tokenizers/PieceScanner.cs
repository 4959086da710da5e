namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Cuts a text into consecutive pieces without gaps. Each scanner is one published pattern (or rule) written out over code points: the
/// pieces are exactly what the regular expression matches from left to right. The text's end is the pattern's end of input.
/// </summary>
internal abstract class PieceScanner
{
    /// <summary>The end of the piece that begins at <paramref name="start"/>, which lies before the end of the text.</summary>
    public abstract int End(ReadOnlySpan<char> text, int start);

    /// <summary>The length of a lower-case English contraction ('s 't 're 've 'm 'll 'd) whose apostrophe is at <paramref name="start"/>, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<char> text, int start)
    {
        if (start + 1 >= text.Length)
        {
            return 0;
        }

        char next = text[start + 1];
        if (next is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        if (start + 2 >= text.Length)
        {
            return 0;
        }

        char last = text[start + 2];
        return (next is 'r' or 'v' && last == 'e') || (next == 'l' && last == 'l') ? 3 : 0;
    }

    /// <summary>The same in either case; ſ (U+017F) folds to s.</summary>
    protected static int ContractionOfAnyCase(ReadOnlySpan<char> text, int start)
    {
        if (start + 1 >= text.Length)
        {
            return 0;
        }

        char next = text[start + 1];
        if (next is 's' or 'S' or 't' or 'T' or 'm' or 'M' or 'd' or 'D' or '\u017F')
        {
            return 2;
        }

        if (start + 2 >= text.Length)
        {
            return 0;
        }

        char last = (char)(text[start + 2] | 0x20);
        return (next is 'r' or 'R' or 'v' or 'V' && last == 'e') || (next is 'l' or 'L' && last == 'l') ? 3 : 0;
    }

    /// <summary>White space up to <paramref name="end"/> by \s+(?!\S)|\s+: before anything else the last one is left for what follows.</summary>
    protected static int WhiteSpace(ReadOnlySpan<char> text, int start, int end) =>
        end == text.Length || end - start == 1 ? end : end - 1;
}
