namespace Saltus.Reports;

/// <summary>The page of one latent.</summary>
public sealed record LatentReport
{
    /// <summary>Gets the 0-based index in the SAE.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the share of tokens on which the latent is active, 0 … 1.</summary>
    public required double Frequency { get; init; }

    /// <summary>Gets the largest activation seen; 0 for a silent latent.</summary>
    public required double MaxActivation { get; init; }

    /// <summary>Gets the threshold θ in the units of the activations shown, or null where the activation function has none.</summary>
    public double? Threshold { get; init; }

    /// <summary>Gets the norm of the decoder direction, or null.</summary>
    public double? DecoderNorm { get; init; }

    /// <summary>Gets the cosine of the latent's encoder weights and decoder direction, or null.</summary>
    public double? EncoderDecoderCosine { get; init; }

    /// <summary>Gets the latents with the most similar decoder directions, best first.</summary>
    public IReadOnlyList<LatentNeighbour> Neighbours { get; init; } = [];

    /// <summary>Gets how telling the latent is by <see cref="RunReport.TellingRule"/>, larger first; NaN ranks last.</summary>
    public double TellingScore { get; init; } = double.NaN;

    /// <summary>Gets the tokens on which the latent is active most, best first.</summary>
    public IReadOnlyList<TokenActivation> TopTokens { get; init; } = [];

    /// <summary>Gets the output tokens that the decoder direction makes more likely, strongest first.</summary>
    public IReadOnlyList<TokenLogit> Promoted { get; init; } = [];

    /// <summary>Gets the output tokens that the decoder direction makes less likely, strongest (most negative) first.</summary>
    public IReadOnlyList<TokenLogit> Suppressed { get; init; } = [];

    /// <summary>Gets the number of tokens by activation, active ones only: bins of equal width, ascending and adjoining.</summary>
    public IReadOnlyList<HistogramBin> ActivationHistogram { get; init; } = [];

    /// <summary>Gets the snippets with the largest activations, best first.</summary>
    public IReadOnlyList<Snippet> TopSnippets { get; init; } = [];

    /// <summary>Gets snippets sampled from intervals of equal width of [0, max], in any order.</summary>
    public IReadOnlyList<SnippetInterval> IntervalSnippets { get; init; } = [];
}
