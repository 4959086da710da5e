namespace Saltus.Lm.Tokenizers;

/// <summary>One entry of a template: special tokens, or, where both lists are empty and <paramref name="IsSequence"/> holds, the text's own.</summary>
internal sealed record TemplatePiece(bool IsSequence, IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens);
