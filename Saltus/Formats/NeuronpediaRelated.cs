namespace Saltus.Formats;

/// <summary>Three dimensions or latents that a latent goes with, best first: three lists of equal length in the file.</summary>
/// <param name="Indices">Which.</param>
/// <param name="Values">How strongly: a weight or Pearson's r.</param>
/// <param name="Shares">The share of the weights' absolute sum, or the cosine.</param>
public sealed record NeuronpediaRelated(IReadOnlyList<int> Indices, IReadOnlyList<double> Values, IReadOnlyList<double> Shares)
{
    /// <summary>Gets how many a file has.</summary>
    public const int Count = 3;
}
