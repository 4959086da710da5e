namespace Saltus.Formats;

/// <summary>One latent of a batch file of Neuronpedia.</summary>
public sealed record NeuronpediaFeature
{
    /// <summary>Gets the latent's index.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the output dimensions with the largest decoder weights.</summary>
    public required NeuronpediaRelated AlignedDimensions { get; init; }

    /// <summary>Gets the input dimensions that go with the latent over the text.</summary>
    public required NeuronpediaRelated CorrelatedDimensions { get; init; }

    /// <summary>Gets the latents of the same file that go with it over the text.</summary>
    public required NeuronpediaRelated CorrelatedFeatures { get; init; }

    /// <summary>Gets the output tokens that the latent makes less likely, strongest first.</summary>
    public required IReadOnlyList<(string Token, double Value)> Suppressed { get; init; }

    /// <summary>Gets the output tokens that the latent makes more likely, strongest first.</summary>
    public required IReadOnlyList<(string Token, double Value)> Promoted { get; init; }

    /// <summary>Gets the share of tokens on which the latent is active, 0 … 1.</summary>
    public required double Density { get; init; }

    /// <summary>Gets the histogram of activations that are not 0.</summary>
    public required NeuronpediaHistogram Activations { get; init; }

    /// <summary>Gets the histogram of effects on the logits.</summary>
    public required NeuronpediaHistogram Logits { get; init; }

    /// <summary>Gets the number of prompts read.</summary>
    public required int Prompts { get; init; }

    /// <summary>Gets the tokens of a prompt.</summary>
    public required int TokensOfPrompt { get; init; }

    /// <summary>Gets the name of the text.</summary>
    public required string Dataset { get; init; }

    /// <summary>Gets the decoder weights of a vector's own page; empty for a latent of an SAE.</summary>
    public IReadOnlyList<double> DecoderWeights { get; init; } = [];

    /// <summary>Gets the vector of a vector's own page; empty for a latent of an SAE.</summary>
    public IReadOnlyList<double> Vector { get; init; } = [];

    /// <summary>Gets stretches of text: the strongest, then each interval from the highest down.</summary>
    public required IReadOnlyList<NeuronpediaSequence> Sequences { get; init; }
}
