namespace Saltus.Lm.Tokenizers;

/// <summary>What a splitter or replacer looks for.</summary>
internal abstract class TextPattern
{
    /// <summary>Appends matches and what lies between them, in order, covering the whole text.</summary>
    public abstract void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches);
}
