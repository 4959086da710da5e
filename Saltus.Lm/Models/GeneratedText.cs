namespace Saltus.Lm.Models;

/// <summary>Text that was generated after a prompt.</summary>
/// <param name="Text">The new text, without special tokens.</param>
/// <param name="Sequence">Its tokens.</param>
public sealed record GeneratedText(string Text, GeneratedSequence Sequence);
