namespace Saltus.Lm.Tokenizers;

/// <summary>Puts a text in front of every segment that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public string Prefix => prefix;

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => TextChanges.Prepend(text, prefix);

    /// <inheritdoc/>
    public override string ApplyToText(string text) => text.Length == 0 ? text : prefix + text;
}
