namespace Saltus.Lm.Tokenizers;

/// <summary>Joins all tokens into one.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) => [string.Concat(tokens)];
}
