namespace Saltus.Lm.Tokenizers;

/// <summary>A stretch of a text, in UTF-16 units, that a pattern matches or that lies between two matches.</summary>
internal readonly record struct TextMatch(int Start, int End, bool IsMatch);
