namespace Saltus.Lm.Tokenizers;

/// <summary>Metaspace: spaces as marks, one in front, cuts before each.</summary>
internal sealed class MetaspaceStep(MetaspacePreTokenizer metaspace) : IdStep
{
    /// <inheritdoc/>
    public override void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        string mark = metaspace.Replacement;
        bool wanted = metaspace.Scheme == PrependScheme.Always || (metaspace.Scheme == PrependScheme.First && atStart);
        string marked = text.ToString().Replace(" ", mark, StringComparison.Ordinal);
        if (wanted && !marked.StartsWith(mark, StringComparison.Ordinal))
        {
            marked = mark + marked;
        }

        if (!metaspace.Splits)
        {
            pipeline.Run(next, marked, atStart, workspace, ids);
            return;
        }

        for (int start = 0, end; start < marked.Length; start = end)
        {
            // A mark begins a part unless another follows at once: it then is a part of its own.
            int from = marked.AsSpan(start).StartsWith(mark, StringComparison.Ordinal) ? start + mark.Length : start;
            int found = marked.IndexOf(mark, from, StringComparison.Ordinal);
            end = found < 0 ? marked.Length : found;
            pipeline.Run(next, marked.AsSpan(start, end - start), atStart && start == 0, workspace, ids);
        }
    }
}
