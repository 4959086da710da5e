namespace Saltus.Lm.Tokenizers;

/// <summary>Several cuts, each within the pieces of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public IReadOnlyList<PreTokenizer> Steps => steps;

    /// <inheritdoc/>
    protected internal override void Cut(AlignedText text, List<TextPiece> result)
    {
        List<TextPiece> pieces = [new TextPiece(text)];
        foreach (PreTokenizer step in steps)
        {
            step.Apply(pieces);
        }

        result.AddRange(pieces);
    }
}
