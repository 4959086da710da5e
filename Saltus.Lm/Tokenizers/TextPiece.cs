namespace Saltus.Lm.Tokenizers;

/// <summary>A part of the text between two steps of the pipeline; an added token is settled and no later step touches it.</summary>
/// <param name="Text">The part with its alignment.</param>
/// <param name="TokenId">The added token that it is, or −1.</param>
internal readonly record struct TextPiece(AlignedText Text, int TokenId = -1);
