namespace Saltus.Lm.Tokenizers;

/// <summary>Split, Digits, Punctuation and white-space splitting: a pattern, what becomes of its matches, and whether they are swapped with the rest.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <summary>The scanner whose pieces are exactly those of this step, or null.</summary>
    public PieceScanner? Scanner => pattern is ScannerPattern known && behavior == SplitBehavior.Isolated ? known.Scanner : null;

    /// <inheritdoc/>
    protected internal override void Cut(AlignedText text, List<TextPiece> result)
    {
        List<TextMatch> matches = [];
        FindPieces(text.Units, matches);
        foreach (TextMatch match in matches)
        {
            result.Add(new TextPiece(text.Slice(match.Start, match.End)));
        }
    }

    /// <summary>Appends the pieces of a text to an empty list.</summary>
    public void FindPieces(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        pattern.FindMatches(text, matches);
        if (invert)
        {
            for (int i = 0; i < matches.Count; i++)
            {
                matches[i] = matches[i] with { IsMatch = !matches[i].IsMatch };
            }
        }

        Splitting.Apply(behavior, matches);
    }
}
