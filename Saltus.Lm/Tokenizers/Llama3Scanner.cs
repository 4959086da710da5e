namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Llama 3 and its kin, which differ in how many digits stay together:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class Llama3Scanner(int digits) : PieceScanner
{
    /// <summary>The pattern as files spell it; {0} is \p{N}{1,3} or \p{N}.</summary>
    public const string PatternFormat =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const byte NoSymbol = CodePointClass.Space | CodePointClass.Letter | CodePointClass.Number;
    private const byte NoPrefix = CodePointClass.LineBreak | CodePointClass.Letter | CodePointClass.Number;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        byte first = CodePointClass.At(text, start, out int length);
        int after = start + length;
        if (text[start] == '\'')
        {
            int contraction = ContractionOfAnyCase(text, start);
            if (contraction > 0)
            {
                return start + contraction;
            }
        }

        if ((first & CodePointClass.Letter) != 0)
        {
            return CodePointClass.SkipWhile(text, after, CodePointClass.Letter);
        }

        if ((first & CodePointClass.Number) != 0)
        {
            return Digits(text, after);
        }

        byte second = after < text.Length ? CodePointClass.At(text, after, out length) : CodePointClass.Space;
        if ((first & NoPrefix) == 0 && (second & CodePointClass.Letter) != 0)
        {
            return CodePointClass.SkipWhile(text, after + length, CodePointClass.Letter);
        }

        if ((first & CodePointClass.Space) == 0 || (text[start] == ' ' && (second & NoSymbol) == 0))
        {
            return CodePointClass.SkipWhile(text, CodePointClass.SkipUntil(text, after, NoSymbol), CodePointClass.LineBreak);
        }

        int end = CodePointClass.SkipWhile(text, after, CodePointClass.Space);
        int lineBreak = text[start..end].LastIndexOfAny('\r', '\n');
        return lineBreak >= 0 ? start + lineBreak + 1 : WhiteSpace(text, start, end);
    }

    private int Digits(ReadOnlySpan<char> text, int index)
    {
        for (int taken = 1; taken < digits && index < text.Length; taken++)
        {
            if ((CodePointClass.At(text, index, out int length) & CodePointClass.Number) == 0)
            {
                break;
            }

            index += length;
        }

        return index;
    }
}
