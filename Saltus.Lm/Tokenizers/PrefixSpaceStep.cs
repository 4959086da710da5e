namespace Saltus.Lm.Tokenizers;

/// <summary>A space in front of a part that does not begin with one.</summary>
internal sealed class PrefixSpaceStep : IdStep
{
    /// <inheritdoc/>
    public override void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids) =>
        pipeline.Run(next, text[0] == ' ' ? text : string.Concat(" ", text), atStart, workspace, ids);
}
