namespace Saltus.Formats;

/// <summary>The body of one request to Neuronpedia's <c>/api/feature/upload-batch</c>.</summary>
/// <param name="ModelId">The language model's name there, lower case.</param>
/// <param name="Source">"{layer}-{set}", lower case.</param>
/// <param name="Features">1 to 128 latents.</param>
public sealed record NeuronpediaUpload(string ModelId, string Source, IReadOnlyList<NeuronpediaUploadFeature> Features)
{
    /// <summary>Makes uploads of a batch file, as many as the limits ask for; a latent without text is left out.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>One for at most 128 latents each.</returns>
    public static IEnumerable<NeuronpediaUpload> Of(NeuronpediaBatch batch)
    {
        string suffix = batch.SaeIdSuffix is null ? string.Empty : $"__{batch.SaeIdSuffix}";
        string source = $"{batch.Layer}-{batch.SaeSet}{suffix}".ToLowerInvariant();
        foreach (NeuronpediaFeature[] features in batch.Features.Where(feature => feature.Sequences.Count > 0).Chunk(NeuronpediaLimits.MaxFeatures))
        {
            yield return new NeuronpediaUpload(batch.ModelId.ToLowerInvariant(), source, [.. features.Select(NeuronpediaUploadFeature.Of)]);
        }
    }
}
