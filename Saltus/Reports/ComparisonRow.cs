namespace Saltus.Reports;

/// <summary>What another tool reached at the same place. Null figures are shown as not available.</summary>
/// <param name="Tool">The tool's name, such as "SAELens".</param>
/// <param name="Method">Its method and setting, such as "TopK 32".</param>
/// <param name="Tokens">The training tokens.</param>
/// <param name="L0">The mean number of active latents a token.</param>
/// <param name="Fvu">The fraction of variance unexplained.</param>
/// <param name="DeltaLoss">The spliced loss minus the clean loss, nats a token.</param>
/// <param name="LossRecovered">The share of the loss recovered, 1 is all.</param>
public sealed record ComparisonRow(
    string Tool,
    string Method,
    long? Tokens,
    double? L0,
    double? Fvu,
    double? DeltaLoss,
    double? LossRecovered);
