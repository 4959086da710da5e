namespace Saltus.Lm.Tokenizers;

/// <summary>A step that changes the text before it is cut into pieces.</summary>
internal abstract class Normalizer
{
    public abstract AlignedText Apply(AlignedText text);

    /// <summary>The same change of a text without places, for the path to ids alone.</summary>
    public virtual string ApplyToText(string text) => Apply(AlignedText.From(text)).ToString();

    /// <summary>Whether the step certainly leaves a text as it is.</summary>
    public virtual bool LeavesAlone(ReadOnlySpan<char> text) => false;
}
