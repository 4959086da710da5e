namespace Saltus.Lm.Interpretation;

/// <summary>The usual interventions on latents.</summary>
public static class LatentRules
{
    /// <summary>Gets the rule that switches latents off: f′ = 0.</summary>
    public static LatentRule Ablate { get; } = (_, _, _) => 0;

    /// <summary>Gets the rule that adds a multiple of a latent's decoder direction: f′ = f + amount.</summary>
    /// <param name="amount">How much, in the activations' unit.</param>
    /// <returns>The rule.</returns>
    public static LatentRule Add(float amount) => (_, value, _) => value + amount;

    /// <summary>Gets the rule that holds latents at a value: f′ = value.</summary>
    /// <param name="value">The value, in the activations' unit.</param>
    /// <returns>The rule.</returns>
    public static LatentRule Clamp(float value) => (_, _, _) => value;

    /// <summary>Gets the rule of mean ablation: f′ = the latent's mean over a text, tokens on which it is silent included.</summary>
    /// <param name="reference">The latents on that text.</param>
    /// <returns>The rule.</returns>
    public static LatentRule Mean(ReferenceLatents reference) => (latent, _, _) => (float)reference.Mean(latent);

    /// <summary>
    /// Gets the rule of resample ablation: f′ = the latent's activation on a token drawn from a text; all latents of a place from the same token.
    /// </summary>
    /// <param name="reference">The latents on that text.</param>
    /// <param name="seed">Seed of the draws; the draw of a place depends on nothing else.</param>
    /// <returns>The rule.</returns>
    public static LatentRule Resample(ReferenceLatents reference, long seed)
    {
        Dictionary<long, int> drawn = [];
        return (latent, _, place) =>
        {
            if (!drawn.TryGetValue(place, out int token))
            {
                token = new Tensors.RandomSource(seed, $"resample {place}").NextInt(reference.Tokens);
                drawn.Add(place, token);
            }

            return reference.At(latent, token);
        };
    }
}
