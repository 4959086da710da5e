namespace Saltus.Lm.Tokenizers;

/// <summary>Writes every byte as a character of the byte alphabet before anything is cut.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text) => ByteLevelPreTokenizer.ToByteAlphabet(text);
}
