namespace Saltus.Lm.Tokenizers;

/// <summary>A step that changes the text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    public abstract AlignedText Apply(AlignedText text);
}
