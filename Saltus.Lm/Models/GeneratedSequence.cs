namespace Saltus.Lm.Models;

/// <summary>What was generated after a prompt.</summary>
/// <param name="Tokens">The new tokens; a stop token that came is the last.</param>
/// <param name="End">Why no more came.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, GenerationEnd End);
