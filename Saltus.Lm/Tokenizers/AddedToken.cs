namespace Saltus.Lm.Tokenizers;

/// <summary>A token that is cut out of the text before anything else looks at it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Whether it must not touch a word character on either side.</param>
/// <param name="StripLeft">Whether it takes the white space on its left with it.</param>
/// <param name="StripRight">Whether it takes the white space on its right with it.</param>
/// <param name="Normalized">Whether it is looked for, normalized, in the normalized text instead of the raw text.</param>
/// <param name="Special">Whether decoding can skip it: BOS, EOS, padding and their like.</param>
public sealed record AddedToken(int Id, string Content, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized, bool Special);
