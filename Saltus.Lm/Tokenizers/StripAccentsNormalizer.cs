namespace Saltus.Lm.Tokenizers;

/// <summary>Drops every mark (Unicode 9.0).</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => TextChanges.Filter(text, static c => !UnicodeTables.Instance.IsMark(c));
}
