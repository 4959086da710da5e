namespace Saltus.Lm.Models;

/// <summary>
/// What a backward pass is asked for. It comes by the sites in the opposite order of a run and stops at the lowest one that is tapped.
/// </summary>
/// <remarks>
/// At a site where the forward run had an edit f, x' = f(x): a tap reads the gradient with respect to x', what the model went on with;
/// then the edits here turn it into the gradient with respect to x. Without one it passes through unchanged, as it does through what adds a
/// constant (steering) or keeps an error term (x' = SAE(x) + error, error held constant, and SAE(x) taken as a leaf).
/// </remarks>
public sealed record BackwardRun
{
    /// <summary>Gets the sites at which gradients are read, [tokens, width].</summary>
    public required IReadOnlyList<Tap> Taps { get; init; }

    /// <summary>Gets what changes gradients on their way down: zeroed rows stop them, a Jacobian carries them through what was spliced in.</summary>
    public IReadOnlyList<Edit> Edits { get; init; } = [];

    /// <summary>Gets the rows of the batch whose logits the scalar depends on, each once; null for all. Fewer cost less.</summary>
    public IReadOnlyList<int>? Rows { get; init; }
}
