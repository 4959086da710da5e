namespace Saltus.Training;

/// <summary>What the squared error of a batch is divided by; e = y − x̂.</summary>
public enum ReconstructionScale
{
    /// <summary>mean_b ‖e‖² (the paper).</summary>
    Sum,

    /// <summary>The mean over the batch and the output's elements (the BatchTopK repository).</summary>
    Mean,

    /// <summary>Σ ‖e‖² / Σ ‖y − mean_b y‖² (sparsify).</summary>
    Fvu,

    /// <summary>mean_b (‖e‖² / ‖y‖²) (OpenAI's loss.py).</summary>
    Normalised,

    /// <summary>mean_b ‖e‖² / E‖y − E y‖², the variance being that of the run's first vectors (OpenAI's train.py).</summary>
    StartVariance,
}
