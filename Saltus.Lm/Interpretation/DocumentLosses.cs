namespace Saltus.Lm.Interpretation;

/// <summary>Sums over the predicted tokens of one document, in nats.</summary>
/// <param name="Document">Index of the document.</param>
/// <param name="Targets">Number of predicted tokens.</param>
/// <param name="Clean">Loss with nothing replaced.</param>
/// <param name="Spliced">Loss with the SAE's reconstruction in place.</param>
/// <param name="Zero">Loss with zeros in place.</param>
/// <param name="Mean">Loss with the evaluation set's mean in place.</param>
/// <param name="Kl">KL divergence of the spliced from the clean next-token distribution.</param>
public sealed record DocumentLosses(int Document, long Targets, double Clean, double Spliced, double Zero, double Mean, double Kl);
