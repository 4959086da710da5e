namespace Saltus.Lm.Interpretation;

/// <summary>What an intervention does to a text: sums over all tokens divided by their number.</summary>
/// <param name="tokens">Every position.</param>
public sealed class InterventionEffect(IReadOnlyList<TokenEffect> tokens)
{
    /// <summary>Gets every position, window after window.</summary>
    public IReadOnlyList<TokenEffect> Tokens { get; } = tokens;

    /// <summary>Gets the number of predicted tokens.</summary>
    public int Predicted { get; } = tokens.Count(token => token.IsPredicting);

    /// <summary>Gets the mean loss without the intervention, nats a token; NaN where nothing is predicted.</summary>
    public double Clean => Mean(token => token.Clean);

    /// <summary>Gets the mean loss with it.</summary>
    public double Changed => Mean(token => token.Changed);

    /// <summary>Gets the mean divergence, nats a token.</summary>
    public double Kl => Mean(token => token.Kl);

    /// <summary>Gets the mean difference of the chosen logits without the intervention, over all positions; NaN where none was chosen.</summary>
    public double CleanDifference => Tokens.Sum(token => token.CleanDifference) / Tokens.Count;

    /// <summary>Gets the same with it.</summary>
    public double ChangedDifference => Tokens.Sum(token => token.ChangedDifference) / Tokens.Count;

    private double Mean(Func<TokenEffect, double> value) => Tokens.Where(token => token.IsPredicting).Sum(value) / Predicted;
}
