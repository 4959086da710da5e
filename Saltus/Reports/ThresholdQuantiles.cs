namespace Saltus.Reports;

/// <summary>Quantiles of the thresholds θ over the latents of an SAE.</summary>
/// <param name="Low">The 5 % quantile.</param>
/// <param name="LowerQuartile">The 25 % quantile.</param>
/// <param name="Median">The median.</param>
/// <param name="UpperQuartile">The 75 % quantile.</param>
/// <param name="High">The 95 % quantile.</param>
public sealed record ThresholdQuantiles(double Low, double LowerQuartile, double Median, double UpperQuartile, double High);
