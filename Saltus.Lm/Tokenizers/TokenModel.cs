namespace Saltus.Lm.Tokenizers;

/// <summary>What turns a piece of normalized text into tokens.</summary>
internal abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Appends the tokens of one piece. Safe to call from several threads.</summary>
    /// <exception cref="TokenizerFormatException">The piece needs the unknown token and the vocabulary lacks it.</exception>
    public abstract void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens);
}
