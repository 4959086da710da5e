namespace Saltus.Lm.Tokenizers;

/// <summary>The pattern <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class WordPattern : TextPattern
{
    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            byte flags = CodePointClass.At(text, start, out int length);
            if ((flags & CodePointClass.Word) != 0)
            {
                end = CodePointClass.SkipWhile(text, start + length, CodePointClass.Word);
            }
            else if ((flags & CodePointClass.Space) != 0)
            {
                end = CodePointClass.SkipWhile(text, start + length, CodePointClass.Space);
            }
            else
            {
                end = CodePointClass.SkipUntil(text, start + length, CodePointClass.Word | CodePointClass.Space);
            }

            matches.Add(new TextMatch(start, end, (flags & CodePointClass.Space) == 0));
        }
    }
}
