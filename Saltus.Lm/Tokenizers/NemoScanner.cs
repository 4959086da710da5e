namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Mistral Nemo (Tekken): words end where capitals begin.
/// <c>[^\r\n\p{L}\p{N}]?U*l+|[^\r\n\p{L}\p{N}]?U+l*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>, where
/// U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and l = [\p{Ll}\p{Lm}\p{Lo}\p{M}] overlap.
/// </summary>
internal sealed class NemoScanner : PieceScanner
{
    /// <summary>The pattern as files spell it.</summary>
    public const string Pattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
        + @"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const byte NoSymbol = CodePointClass.Space | CodePointClass.Letter | CodePointClass.Number;
    private const byte NoPrefix = CodePointClass.LineBreak | CodePointClass.Letter | CodePointClass.Number;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        byte first = CodePointClass.At(text, start, out int length);
        int after = start + length;
        int end = Word(text, start, after, first);
        if (end > 0)
        {
            return end;
        }

        if ((first & CodePointClass.Number) != 0)
        {
            return after;
        }

        bool symbol = (first & CodePointClass.Space) == 0
            || (text[start] == ' ' && after < text.Length && (CodePointClass.At(text, after, out _) & NoSymbol) == 0);
        if (symbol)
        {
            end = CodePointClass.SkipUntil(text, after, NoSymbol);
            while (end < text.Length && text[end] is '\r' or '\n' or '/')
            {
                end++;
            }

            return end;
        }

        end = CodePointClass.SkipWhile(text, after, CodePointClass.Space);
        int lineBreak = text[start..end].LastIndexOfAny('\r', '\n');
        return lineBreak >= 0 ? start + lineBreak + 1 : WhiteSpace(text, start, end);
    }

    // The two word alternatives, each first with and then without the optional character in front (a mark can be either).
    private static int Word(ReadOnlySpan<char> text, int start, int after, byte first)
    {
        bool prefix = (first & NoPrefix) == 0;
        int end = prefix ? EndingInLower(text, after) : 0;
        end = end > 0 ? end : EndingInLower(text, start);
        end = end > 0 ? end : prefix ? BeginningInUpper(text, after) : 0;
        return end > 0 ? end : BeginningInUpper(text, start);
    }

    // U*l+ : all of U, then as many l; if no l follows, U gives back characters until the last that is an l as well.
    private static int EndingInLower(ReadOnlySpan<char> text, int index)
    {
        int lastShared = 0;
        while (index < text.Length)
        {
            byte flags = CodePointClass.At(text, index, out int length);
            if ((flags & CodePointClass.UpperWord) == 0)
            {
                break;
            }

            index += length;
            if ((flags & CodePointClass.LowerWord) != 0)
            {
                lastShared = index;
            }
        }

        int end = CodePointClass.SkipWhile(text, index, CodePointClass.LowerWord);
        return end > index ? end : lastShared;
    }

    private static int BeginningInUpper(ReadOnlySpan<char> text, int index)
    {
        int end = CodePointClass.SkipWhile(text, index, CodePointClass.UpperWord);
        return end > index ? CodePointClass.SkipWhile(text, end, CodePointClass.LowerWord) : 0;
    }
}
