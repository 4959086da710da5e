namespace Saltus.Lm.Tokenizers;

/// <summary>Writes spaces as a visible character, puts one in front as the scheme says, and cuts before each unless told not to.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private static readonly LiteralPattern s_space = new(" ");
    private readonly LiteralPattern _mark = new(replacement);

    public string Replacement => replacement;

    public PrependScheme Scheme => scheme;

    public bool Splits => split;

    /// <inheritdoc/>
    protected internal override void Cut(AlignedText text, List<TextPiece> result)
    {
        text = TextChanges.Replace(text, s_space, replacement);
        bool wanted = scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.OriginalStart == 0);
        if (wanted && !text.Units.StartsWith(replacement, StringComparison.Ordinal))
        {
            text = TextChanges.Prepend(text, replacement);
        }

        if (!split)
        {
            result.Add(new TextPiece(text));
            return;
        }

        List<TextMatch> matches = [];
        _mark.FindMatches(text.Units, matches);
        Splitting.Apply(SplitBehavior.MergedWithNext, matches);
        foreach (TextMatch match in matches)
        {
            result.Add(new TextPiece(text.Slice(match.Start, match.End)));
        }
    }
}
