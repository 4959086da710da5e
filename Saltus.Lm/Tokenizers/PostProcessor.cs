namespace Saltus.Lm.Tokenizers;

/// <summary>A step after the model: it adds special tokens around the text's own and may tidy offsets.</summary>
internal abstract class PostProcessor
{
    /// <summary>Special tokens in front of the text's own.</summary>
    public virtual IReadOnlyList<int> Before => [];

    /// <summary>Special tokens behind them.</summary>
    public virtual IReadOnlyList<int> Behind => [];

    /// <summary>How often the text's own tokens stand between the two; 1 but for odd templates.</summary>
    public virtual int Copies => 1;

    /// <summary>Works on one encoding.</summary>
    public abstract EncodingBuilder Apply(EncodingBuilder encoding, bool addSpecialTokens);
}
