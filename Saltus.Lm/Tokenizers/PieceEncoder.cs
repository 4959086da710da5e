namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The fast path: from a segment of raw text straight to ids, without offsets, strings or an allocation a piece. It exists for the
/// pipelines that it can follow exactly; others take the long way.
/// </summary>
internal abstract class PieceEncoder
{
    /// <summary>The fast path of a pipeline, or null.</summary>
    public static PieceEncoder? Create(TokenizerParts parts) => ByteLevelEncoder.TryCreate(parts);

    /// <summary>Appends the ids of a segment without added tokens.</summary>
    public abstract void Encode(ReadOnlySpan<char> segment, PieceWorkspace workspace, List<int> ids);
}
