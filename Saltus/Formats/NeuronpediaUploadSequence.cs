namespace Saltus.Formats;

/// <summary>One stretch of text of an upload to Neuronpedia.</summary>
/// <param name="Tokens">1 to 1,024 texts.</param>
/// <param name="Values">The activations, as many.</param>
public sealed record NeuronpediaUploadSequence(IReadOnlyList<string> Tokens, IReadOnlyList<double> Values)
{
    /// <summary>Gets the lower end of the interval that it was drawn from; null for none.</summary>
    public double? QuantileMin { get; init; }

    /// <summary>Gets the upper end; null for none.</summary>
    public double? QuantileMax { get; init; }

    /// <summary>Gets the share of tokens in the interval, 0 … 1; null for none.</summary>
    public double? QuantileFraction { get; init; }
}
