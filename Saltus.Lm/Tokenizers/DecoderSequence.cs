namespace Saltus.Lm.Tokenizers;

/// <summary>Several decoders, one after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> steps) : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens)
    {
        foreach (TokenDecoder step in steps)
        {
            tokens = step.Apply(tokens);
        }

        return tokens;
    }

    /// <inheritdoc/>
    public override bool IsOpen(string token) => steps.Any(step => step.IsOpen(token));

    /// <inheritdoc/>
    public override (string Text, byte[]? Bytes) Show(string token)
    {
        foreach (TokenDecoder step in steps)
        {
            (token, byte[]? bytes) = step.Show(token);
            if (bytes is not null)
            {
                return (token, bytes);
            }
        }

        return (token, null);
    }
}
