namespace Saltus.Reports;

/// <summary>A language model's mean loss over predicted tokens, in nats, with its activation replaced in four ways.</summary>
/// <param name="Clean">Nothing replaced.</param>
/// <param name="Spliced">The SAE's reconstruction in place of the activation.</param>
/// <param name="Zero">Zeros in its place.</param>
/// <param name="Mean">The evaluation set's mean in its place.</param>
public sealed record LossMeasures(double Clean, double Spliced, double Zero, double Mean);
