namespace Saltus.Formats;

/// <summary>Latents of one SAE as SAEDashboard writes them for Neuronpedia (<c>batch-N.json</c>).</summary>
/// <param name="ModelId">The language model's name.</param>
/// <param name="Layer">The layer.</param>
/// <param name="SaeSet">The name of the SAE's set, such as "res-16k".</param>
/// <param name="SaeIdSuffix">What is put behind the SAE's name; null for nothing.</param>
/// <param name="Features">The latents.</param>
public sealed record NeuronpediaBatch(string ModelId, int Layer, string SaeSet, string? SaeIdSuffix, IReadOnlyList<NeuronpediaFeature> Features);
