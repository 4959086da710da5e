namespace Saltus.Evaluation;

/// <summary>How the ends of a bootstrap interval are read from the resampled statistics.</summary>
public enum BootstrapMethod
{
    /// <summary>The plain quantiles of the resampled statistics.</summary>
    Percentile,

    /// <summary>Quantiles corrected for bias and acceleration (Efron 1987): second-order exact for skewed statistics.</summary>
    BiasCorrectedAccelerated,
}
