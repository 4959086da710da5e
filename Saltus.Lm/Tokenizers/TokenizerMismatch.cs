namespace Saltus.Lm.Tokenizers;

/// <summary>One way in which a reference case and this tokenizer differ.</summary>
/// <param name="Line">1-based line of the case in its file.</param>
/// <param name="Text">The case's text.</param>
/// <param name="What">What differs: ids, ids_no_special, tokens, offsets, decoded, decoded_skip_special, or fast ids.</param>
/// <param name="Index">0-based place of the first difference in the list (or text).</param>
/// <param name="Expected">What the reference has there.</param>
/// <param name="Found">What this tokenizer has there.</param>
public sealed record TokenizerMismatch(int Line, string Text, string What, int Index, string Expected, string Found);
