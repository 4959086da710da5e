namespace Saltus.Lm.Tokenizers;

/// <summary>Several normalizers, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public IReadOnlyList<Normalizer> Steps => steps;

    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        foreach (Normalizer step in steps)
        {
            text = step.Apply(text);
        }

        return text;
    }
}
