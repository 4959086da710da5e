using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>An SAE read from another tool's files, and what was done to bring it into our form.</summary>
/// <param name="Sae">The SAE; the caller disposes it.</param>
/// <param name="Notes">One line for each thing applied: bias folded, normalisation, scale, source of the thresholds.</param>
public sealed record LoadedSae(SparseAutoencoder Sae, IReadOnlyList<string> Notes)
{
    /// <summary>Gets the decoder norms that moved into the encoder, [M], which the file's own pre-activations do not have; empty where none did.</summary>
    public IReadOnlyList<float> FoldedDecoderNorms { get; init; } = [];
}
