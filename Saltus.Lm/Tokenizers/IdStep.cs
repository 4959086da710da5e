namespace Saltus.Lm.Tokenizers;

/// <summary>A pre-tokenizer's part in the fast path.</summary>
internal abstract class IdStep
{
    /// <summary>Cuts or changes <paramref name="text"/> and hands each part to the steps of <paramref name="pipeline"/> from <paramref name="next"/> on.</summary>
    public abstract void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids);
}
