namespace Saltus.Lm.Tokenizers;

/// <summary>Turns the mark of a word's end into a space, and into nothing in the last token.</summary>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) =>
        [.. tokens.Select((token, i) => suffix.Length == 0 ? token : token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
}
