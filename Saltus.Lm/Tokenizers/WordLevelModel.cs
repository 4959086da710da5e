using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>One token a piece: itself, or the unknown token.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, string unknown, string file) : TokenModel(vocabulary)
{
    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens)
    {
        int id = Vocabulary.Find(piece);
        bool known = id >= 0;
        id = known ? id : Vocabulary.RequireUnknown(unknown, file);
        tokens.Add(new ModelToken(id, known ? piece.ToString() : unknown, 0, Encoding.UTF8.GetByteCount(piece)));
    }
}
