namespace Saltus.Lm.Tokenizers;

/// <summary>Cuts every so many code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    /// <inheritdoc/>
    protected internal override void Cut(AlignedText text, List<TextPiece> result)
    {
        int start = 0;
        int end = 0;
        int count = 0;
        while (end < text.Length)
        {
            CodePointClass.At(text.Units, end, out int units);
            end += units;
            count++;
            if (count == length || end == text.Length)
            {
                result.Add(new TextPiece(text.Slice(start, end)));
                start = end;
                count = 0;
            }
        }
    }
}
