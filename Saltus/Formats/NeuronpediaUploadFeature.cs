namespace Saltus.Formats;

/// <summary>One latent of an upload to Neuronpedia.</summary>
public sealed record NeuronpediaUploadFeature
{
    /// <summary>Gets the latent's index.</summary>
    public required int Index { get; init; }

    /// <summary>Gets the share of tokens on which it is active, 0 … 1; null where it is not said.</summary>
    public double? Density { get; init; }

    /// <summary>Gets the output tokens that it makes more likely, at most 20.</summary>
    public IReadOnlyList<(string Token, double Value)> TopLogits { get; init; } = [];

    /// <summary>Gets the output tokens that it makes less likely, at most 20.</summary>
    public IReadOnlyList<(string Token, double Value)> BottomLogits { get; init; } = [];

    /// <summary>Gets explanations.</summary>
    public IReadOnlyList<NeuronpediaExplanation> Explanations { get; init; } = [];

    /// <summary>Gets stretches of text, at least 1.</summary>
    public required IReadOnlyList<NeuronpediaUploadSequence> Sequences { get; init; }

    internal static NeuronpediaUploadFeature Of(NeuronpediaFeature feature) => new()
    {
        Index = feature.Index,
        Density = feature.Density,
        TopLogits = feature.Promoted,
        BottomLogits = feature.Suppressed,
        Sequences =
        [
            .. feature.Sequences.Select(sequence => sequence.BinMin == NeuronpediaSequence.Top
                ? new NeuronpediaUploadSequence(sequence.Tokens, sequence.Values)
                : new NeuronpediaUploadSequence(sequence.Tokens, sequence.Values) { QuantileMin = sequence.BinMin, QuantileMax = sequence.BinMax, QuantileFraction = sequence.BinContains }),
        ],
    };
}
