namespace Saltus.Formats;

/// <summary>A histogram of 50 bins of equal width.</summary>
/// <param name="Values">Centres of the bars.</param>
/// <param name="Heights">Counts.</param>
public sealed record NeuronpediaHistogram(IReadOnlyList<double> Values, IReadOnlyList<double> Heights)
{
    /// <summary>Gets how many bins a file has.</summary>
    public const int Bins = 50;
}
