namespace Saltus.Reports;

/// <summary>Another latent with a similar decoder direction.</summary>
/// <param name="Index">Its 0-based index.</param>
/// <param name="Cosine">The cosine of the two directions.</param>
public readonly record struct LatentNeighbour(int Index, double Cosine);
