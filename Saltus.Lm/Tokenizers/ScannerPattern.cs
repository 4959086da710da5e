namespace Saltus.Lm.Tokenizers;

/// <summary>A pattern of which a hand-written scanner exists: every piece is a match, nothing lies between.</summary>
internal sealed class ScannerPattern(PieceScanner scanner) : TextPattern
{
    public PieceScanner Scanner => scanner;

    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = scanner.End(text, start);
            matches.Add(new TextMatch(start, end, true));
        }
    }
}
