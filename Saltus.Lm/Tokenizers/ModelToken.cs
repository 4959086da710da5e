namespace Saltus.Lm.Tokenizers;

/// <summary>One token that a model made of a piece.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What the encoding shows as the token.</param>
/// <param name="Start">First byte, in the UTF-8 form of the normalized piece.</param>
/// <param name="End">One past the last byte.</param>
internal readonly record struct ModelToken(int Id, string Text, int Start, int End);
