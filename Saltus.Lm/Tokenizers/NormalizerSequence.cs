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

    /// <inheritdoc/>
    public override string ApplyToText(string text) => steps.Aggregate(text, (changed, step) => step.ApplyToText(changed));

    /// <inheritdoc/>
    public override bool LeavesAlone(ReadOnlySpan<char> text)
    {
        foreach (Normalizer step in steps)
        {
            if (!step.LeavesAlone(text))
            {
                return false;
            }
        }

        return true;
    }
}
