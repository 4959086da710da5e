namespace Saltus.Lm.Tokenizers;

/// <summary>Pieces by a pattern and a behaviour.</summary>
internal sealed class SplitStep(SplitPreTokenizer split) : IdStep
{
    /// <inheritdoc/>
    public override void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        List<TextMatch> matches = workspace.RentMatches();
        split.FindPieces(text, matches);
        foreach (TextMatch match in matches)
        {
            pipeline.Run(next, text[match.Start..match.End], atStart && match.Start == 0, workspace, ids);
        }

        workspace.ReturnMatches(matches);
    }
}
