namespace Saltus.Training;

/// <summary>What the AuxK loss's squared error Σ ‖ê − e‖² is divided by; e is what the living latents leave over.</summary>
public enum AuxiliaryNormalization
{
    /// <summary>B.</summary>
    None,

    /// <summary>B · d_out.</summary>
    Mean,

    /// <summary>Σ ‖e − mean_b e‖² (arXiv 2406.04093, dictionary_learning).</summary>
    ResidualVariance,

    /// <summary>Σ ‖y − mean_b y‖² (sparsify).</summary>
    TotalVariance,
}
