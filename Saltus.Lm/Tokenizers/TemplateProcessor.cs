namespace Saltus.Lm.Tokenizers;

/// <summary>Writes the template of a single text: special tokens and the text's own in the order given.</summary>
internal sealed class TemplateProcessor : PostProcessor
{
    private readonly IReadOnlyList<TemplatePiece> _pieces;
    private readonly List<int> _before = [];
    private readonly List<int> _behind = [];

    public TemplateProcessor(IReadOnlyList<TemplatePiece> pieces)
    {
        _pieces = pieces;
        Copies = pieces.Count(piece => piece.IsSequence);
        bool seen = false;
        foreach (TemplatePiece piece in pieces)
        {
            seen |= piece.IsSequence;
            (seen ? _behind : _before).AddRange(piece.Ids);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Before => _before;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Behind => _behind;

    /// <inheritdoc/>
    public override int Copies { get; }

    /// <inheritdoc/>
    public override EncodingBuilder Apply(EncodingBuilder encoding, bool addSpecialTokens)
    {
        var result = new EncodingBuilder();
        foreach (TemplatePiece piece in _pieces)
        {
            if (piece.IsSequence)
            {
                result.AddRange(encoding);
            }
            else if (addSpecialTokens)
            {
                for (int i = 0; i < piece.Ids.Count; i++)
                {
                    result.Add(piece.Ids[i], piece.Tokens[i], 0, 0);
                }
            }
        }

        return result;
    }
}
