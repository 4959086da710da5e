namespace Saltus.Lm.Tokenizers;

/// <summary>Takes the white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<char> units = text.Units;
        int start = 0;
        while (left && start < units.Length && char.IsWhiteSpace(units[start]))
        {
            start++;
        }

        int end = units.Length;
        while (right && end > start && char.IsWhiteSpace(units[end - 1]))
        {
            end--;
        }

        var builder = new AlignedTextBuilder(text);
        builder.Drop(start);
        builder.Keep(end);
        builder.Drop(units.Length);
        return builder.Done();
    }
}
