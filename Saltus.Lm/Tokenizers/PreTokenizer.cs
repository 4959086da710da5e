namespace Saltus.Lm.Tokenizers;

/// <summary>A step that cuts the normalized text into the pieces that the model sees one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Replaces <paramref name="pieces"/> by what they are cut into; added tokens and empty pieces are left out of it.</summary>
    public void Apply(List<TextPiece> pieces)
    {
        List<TextPiece> result = new(pieces.Count);
        foreach (TextPiece piece in pieces)
        {
            if (piece.TokenId >= 0)
            {
                result.Add(piece);
            }
            else
            {
                Cut(piece.Text, result);
            }
        }

        result.RemoveAll(piece => piece.Text.Length == 0 && piece.TokenId < 0);
        pieces.Clear();
        pieces.AddRange(result);
    }

    /// <summary>Appends the pieces of one text.</summary>
    protected internal abstract void Cut(AlignedText text, List<TextPiece> result);
}
