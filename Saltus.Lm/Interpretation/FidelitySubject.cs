using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>One SAE under evaluation with its sums.</summary>
/// <param name="sae">The SAE.</param>
/// <param name="documents">Number of documents.</param>
/// <param name="first">The first of the SAEs that are evaluated together; null for that one itself.</param>
internal sealed class FidelitySubject(SparseCoder sae, int documents, FidelitySubject? first)
{
    /// <summary>Gets the SAE.</summary>
    public SparseCoder Sae => sae;

    /// <summary>Gets the sums over vectors.</summary>
    public ReconstructionAccumulator Accumulator { get; } = new(sae.OutputWidth, sae.Latents);

    /// <summary>Gets the sums of each document.</summary>
    public DocumentSums Sums { get; } = new(sae.OutputWidth, documents, first?.Sums);

    /// <summary>Puts every sum onto the list of what a checkpoint holds.</summary>
    public void AddState(TrainingState state)
    {
        Accumulator.AddState(state);
        Sums.AddState(state);
    }
}
