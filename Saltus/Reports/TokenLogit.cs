namespace Saltus.Reports;

/// <summary>An output token and what a decoder direction adds to its logit.</summary>
/// <param name="Text">The token's text, with the spaces that belong to it.</param>
/// <param name="Logit">The direct effect on its logit.</param>
public sealed record TokenLogit(string Text, double Logit);
