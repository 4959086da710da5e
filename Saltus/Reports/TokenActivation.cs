namespace Saltus.Reports;

/// <summary>A token and how a latent answers to it.</summary>
/// <param name="Text">The token's text, with the spaces that belong to it.</param>
/// <param name="MeanActivation">The mean activation over the occurrences that <paramref name="Count"/> counts.</param>
/// <param name="Count">On how many occurrences of the token the latent was active.</param>
public sealed record TokenActivation(string Text, double MeanActivation, long Count);
