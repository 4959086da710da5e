namespace Saltus.Lm.Interpretation;

/// <summary>What the telling rule knows of a latent.</summary>
/// <param name="Count">On how many tokens it is active.</param>
/// <param name="Frequency">On which share of the tokens.</param>
/// <param name="Tokens">Which tokens those are.</param>
/// <param name="EffectStrength">How sharply it promotes output tokens, in standard deviations; null if unknown.</param>
internal readonly record struct TellingEvidence(int Count, double Frequency, TokenShare Tokens, double? EffectStrength);
