namespace Saltus.Lm.Tokenizers;

/// <summary>The end of the fast path: what a model makes of a piece, remembered for pieces that come again.</summary>
internal abstract class PieceIds
{
    /// <summary>Appends the ids of one piece, which is not empty.</summary>
    public void Add(ReadOnlySpan<char> piece, PieceWorkspace workspace, List<int> ids)
    {
        if (piece.Length > PieceCache.MaxPieceLength)
        {
            ids.AddRange(Compute(piece, workspace));
            return;
        }

        PieceKey key = PieceCache.KeyOf(piece);
        if (!workspace.Cache.TryGet(piece, key, out ReadOnlySpan<int> known))
        {
            known = Compute(piece, workspace);
            workspace.Cache.Add(piece, key, known);
        }

        if (known.Length == 1)
        {
            ids.Add(known[0]);
        }
        else
        {
            ids.AddRange(known);
        }
    }

    /// <summary>The ids of one piece; they are good until the workspace is used again.</summary>
    protected abstract ReadOnlySpan<int> Compute(ReadOnlySpan<char> piece, PieceWorkspace workspace);
}
