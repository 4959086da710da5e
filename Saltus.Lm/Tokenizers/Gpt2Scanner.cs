namespace Saltus.Lm.Tokenizers;

/// <summary>GPT-2: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal sealed class Gpt2Scanner : PieceScanner
{
    /// <summary>The pattern as files spell it.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const byte NoSymbol = CodePointClass.Space | CodePointClass.Letter | CodePointClass.Number;

    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        byte first = CodePointClass.At(text, start, out int length);
        int after = start + length;
        if (text[start] == '\'')
        {
            int contraction = Contraction(text, start);
            if (contraction > 0)
            {
                return start + contraction;
            }
        }
        else if (text[start] == ' ' && after < text.Length)
        {
            byte second = CodePointClass.At(text, after, out int secondLength);
            if ((second & CodePointClass.Space) == 0)
            {
                first = second;
                after += secondLength;
            }
        }

        if ((first & CodePointClass.Letter) != 0)
        {
            return CodePointClass.SkipWhile(text, after, CodePointClass.Letter);
        }

        if ((first & CodePointClass.Number) != 0)
        {
            return CodePointClass.SkipWhile(text, after, CodePointClass.Number);
        }

        return (first & CodePointClass.Space) == 0
            ? CodePointClass.SkipUntil(text, after, NoSymbol)
            : WhiteSpace(text, start, CodePointClass.SkipWhile(text, after, CodePointClass.Space));
    }
}
