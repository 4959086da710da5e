namespace Saltus.Lm.Tokenizers;

/// <summary>So many code points a piece.</summary>
internal sealed class FixedLengthScanner(int count) : PieceScanner
{
    /// <inheritdoc/>
    public override int End(ReadOnlySpan<char> text, int start)
    {
        for (int taken = 0; taken < count && start < text.Length; taken++)
        {
            CodePointClass.At(text, start, out int length);
            start += length;
        }

        return start;
    }
}
