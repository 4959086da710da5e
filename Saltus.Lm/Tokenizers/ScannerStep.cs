namespace Saltus.Lm.Tokenizers;

/// <summary>Consecutive pieces by a scanner.</summary>
internal sealed class ScannerStep(PieceScanner scanner) : IdStep
{
    /// <inheritdoc/>
    public override void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = scanner.End(text, start);
            pipeline.Run(next, text[start..end], atStart && start == 0, workspace, ids);
        }
    }
}
