namespace Saltus.Lm.Tokenizers;

/// <summary>Digits and the text between them as pieces: every \p{N} by itself, or runs of them together.</summary>
internal sealed class DigitScanner(bool individual) : PieceScanner
{
    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        byte first = CodePointClass.At(text, start, out int length);
        if ((first & CodePointClass.Number) == 0)
        {
            return CodePointClass.SkipUntil(text, start + length, CodePointClass.Number);
        }

        return individual ? start + length : CodePointClass.SkipWhile(text, start + length, CodePointClass.Number);
    }
}
