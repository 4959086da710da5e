namespace Saltus.Formats;

/// <summary>One stretch of text of a latent's page at Neuronpedia, with the activation at each token.</summary>
public sealed record NeuronpediaSequence
{
    /// <summary>Gets what <see cref="BinMin"/> and <see cref="BinContains"/> are in the group of the strongest.</summary>
    public const double Top = -1;

    /// <summary>Gets the interval's lower end; −1 in the group of the strongest.</summary>
    public required double BinMin { get; init; }

    /// <summary>Gets the interval's upper end; the largest activation in the group of the strongest.</summary>
    public required double BinMax { get; init; }

    /// <summary>Gets the share of tokens with an activation in the interval, those without any in the lowest; −1 in the group of the strongest.</summary>
    public required double BinContains { get; init; }

    /// <summary>Gets the tokens' texts, without a BOS in front.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Gets the activations, as many.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Gets the position of the token for which the stretch was chosen; −1 where that was the BOS, which is left out.</summary>
    public required int QualifyingToken { get; init; }

    /// <summary>Gets the attribution to each source token; empty where it was not computed.</summary>
    public IReadOnlyList<double> Attribution { get; init; } = [];

    /// <summary>Gets the largest attribution; 0 without any.</summary>
    public double MaxAttribution { get; init; }

    /// <summary>Gets the token that is attributed; −1 without attribution.</summary>
    public int AttributedToken { get; init; } = -1;
}
