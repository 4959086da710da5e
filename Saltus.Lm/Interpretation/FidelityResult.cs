using Saltus.Evaluation;

namespace Saltus.Lm.Interpretation;

/// <summary>What a fidelity evaluation found, down to documents and latents.</summary>
public sealed record FidelityResult
{
    /// <summary>Gets the figures of <c>eval.json</c>.</summary>
    public required EvaluationResult Evaluation { get; init; }

    /// <summary>Gets all metrics on vectors, those of other tools' definitions too.</summary>
    public required ReconstructionMetrics Reconstruction { get; init; }

    /// <summary>Gets how often and how strongly each latent was active.</summary>
    public required LatentCounter Latents { get; init; }

    /// <summary>Gets the mean activation over the evaluation set, [d]: what mean ablation puts in.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>Gets the losses of each document, in the order in which their first windows came.</summary>
    public required IReadOnlyList<DocumentLosses> Documents { get; init; }

    /// <summary>Gets (mean − spliced) / (mean − clean), the loss recovered measured against mean ablation.</summary>
    public required double LossRecoveredFromMean { get; init; }
}
