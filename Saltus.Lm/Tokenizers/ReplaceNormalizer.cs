namespace Saltus.Lm.Tokenizers;

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public TextPattern Pattern => pattern;

    public string Content => content;

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => TextChanges.Replace(text, pattern, content);

    /// <inheritdoc/>
    public override string ApplyToText(string text) =>
        pattern is LiteralPattern known ? text.Replace(known.Literal, content, StringComparison.Ordinal) : base.ApplyToText(text);
}
