using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>An SAE read from another tool's files, and what was done to bring it into our form.</summary>
/// <param name="Sae">The SAE; the caller disposes it.</param>
/// <param name="Notes">One line for each thing applied: bias folded, normalisation, scale, source of the thresholds.</param>
public sealed record LoadedSae(SparseCoder Sae, IReadOnlyList<string> Notes)
{
    /// <summary>Gets the decoder norms that moved into the encoder, [M], which the file's own pre-activations do not have; empty where none did.</summary>
    public IReadOnlyList<float> FoldedDecoderNorms { get; init; } = [];

    /// <summary>
    /// Gets the encoder bias, [M], with which the decoder bias is subtracted from the input, as the file has it but for what changed the weights themselves;
    /// empty where nothing is subtracted. A writer of a format that subtracts too needs it to give back the same bytes.
    /// </summary>
    public IReadOnlyList<float> UnfoldedEncoderBias { get; init; } = [];

    /// <summary>Gets what of a SAELens folder is folded away in the weights and could be written again; null for nothing.</summary>
    internal SaeLensOrigin? SaeLens { get; init; }

    /// <summary>Gets whether the format's own tool calls relu(π) the pre-activations.</summary>
    public bool RectifiesPreActivations { get; init; }

    /// <summary>Gets the full paths of the files that were read, in ordinal order.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Gets the SAE where it is one product and a rule.</summary>
    /// <exception cref="SaeFormatException">It is of another kind.</exception>
    public SparseAutoencoder Autoencoder => Sae as SparseAutoencoder ?? throw new SaeFormatException(
        SaeFormatError.ArchitectureUnsupported,
        $"'{(Files.Count > 0 ? Path.GetDirectoryName(Files[0]) : Sae.Metadata.SourceFormat)}': expected an SAE of one product and one rule for its latents, " +
        $"found a {Sae.GetType().Name}, which this cannot work with");
}
