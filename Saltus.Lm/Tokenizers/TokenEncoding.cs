namespace Saltus.Lm.Tokenizers;

/// <summary>What a text became: token ids, their texts, and where in the text each comes from.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Tokens">The tokens as the vocabulary writes them; an added token as it stood in the text.</param>
/// <param name="Offsets">
/// [start, end) in Unicode code points of the text before normalization (not UTF-16 units, not bytes). Tokens that are parts of one
/// character share its offsets; tokens that a template added have (0, 0).
/// </param>
public sealed record TokenEncoding(IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens, IReadOnlyList<(int Start, int End)> Offsets);
