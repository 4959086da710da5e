namespace Saltus.Lm.Tokenizers;

/// <summary>A step from tokens back to text: a list of strings in, a list of strings out; at the end they are joined.</summary>
internal abstract class TokenDecoder
{
    public abstract List<string> Apply(List<string> tokens);

    /// <summary>What the step makes of one token for a reader's eye: the text, or the bytes if that is what the token stands for.</summary>
    public virtual (string Text, byte[]? Bytes) Show(string token) => (token, null);

    /// <summary>Whether what the step makes of this token can depend on the token after it.</summary>
    public virtual bool IsOpen(string token) => false;
}
