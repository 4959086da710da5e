using Saltus.Reports;

namespace Saltus.Lm.Interpretation;

/// <summary>What the decoder direction of one latent adds to the logits directly.</summary>
/// <param name="Promoted">The tokens whose logits it raises most, strongest first.</param>
/// <param name="Suppressed">The tokens whose logits it lowers most, strongest first.</param>
/// <param name="Strength">The mean of the five largest effects, in standard deviations of the effects over the vocabulary.</param>
public sealed record LogitEffect(IReadOnlyList<TokenLogit> Promoted, IReadOnlyList<TokenLogit> Suppressed, double Strength)
{
    /// <summary>Gets the histogram of all effects, bins of equal width from the smallest to the largest; empty unless asked for.</summary>
    public IReadOnlyList<HistogramBin> Histogram { get; init; } = [];
}
