namespace Saltus.Lm.Tokenizers;

/// <summary>The steps of a tokenizer as its file names them; absent ones are null.</summary>
internal sealed record TokenizerParts(
    TokenModel Model,
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    PreTokenizer? PreTokenizer,
    PostProcessor? PostProcessor,
    TokenDecoder? Decoder);
