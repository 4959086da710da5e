namespace Saltus.Lm.Tokenizers;

/// <summary>Turns the space's stand-in back into a space; in the first token it is dropped where the scheme put it there.</summary>
internal sealed class MetaspaceDecoder(string replacement, bool dropsFirst) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(replacement, i == 0 && dropsFirst ? "" : " ", StringComparison.Ordinal))];

    /// <inheritdoc/>
    public override (string Text, byte[]? Bytes) Show(string token) => (token.Replace(replacement, " ", StringComparison.Ordinal), null);
}
