using Saltus.Autoencoders;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Evaluation;

/// <summary>Counts on how many vectors each latent is active, and keeps its largest activation.</summary>
/// <param name="latents">Number of latents, M.</param>
public sealed class LatentCounter(int latents)
{
    private const int BinsPerDecade = 4;
    private readonly long[] _counts = new long[latents];
    private readonly float[] _maxima = new float[latents];

    /// <summary>Gets the number of vectors so far.</summary>
    public long Vectors { get; private set; }

    /// <summary>Gets on how many vectors each latent is active (f ≠ 0), [M].</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Gets the largest activation of each latent, [M]; 0 for one that was never above 0.</summary>
    public ReadOnlySpan<float> Maxima => _maxima;

    /// <summary>Gets the number of latents that were active on no vector.</summary>
    public int Dead => _counts.AsSpan().Count(0L);

    /// <summary>Puts the counts onto the list of what a checkpoint holds.</summary>
    internal void AddState(TrainingState state)
    {
        state.AddCount("latents.vectors", () => Vectors, value => Vectors = value);
        state.Add("latents.counts", _counts);
        state.Add("latents.maxima", _maxima);
    }

    /// <summary>Adds the latents of a batch.</summary>
    /// <param name="activations">Any number of vectors.</param>
    /// <exception cref="ArgumentException">The number of latents differs.</exception>
    public void Add(SparseActivations activations)
    {
        if (activations.Latents != _counts.Length)
        {
            throw new ArgumentException($"{activations.Latents} latents, expected {_counts.Length}", nameof(activations));
        }

        ReadOnlySpan<int> latent = activations.Latent;
        ReadOnlySpan<float> value = activations.Value;
        for (int i = 0; i < latent.Length; i++)
        {
            if (value[i] != 0)
            {
                _counts[latent[i]]++;
                _maxima[latent[i]] = Math.Max(_maxima[latent[i]], value[i]);
            }
        }

        Vectors += activations.Rows;
    }

    /// <summary>Computes the share of vectors on which a latent is active.</summary>
    /// <param name="latent">Index of the latent.</param>
    /// <returns>0 … 1; 0 without vectors.</returns>
    public double Frequency(int latent) => Vectors == 0 ? 0 : (double)_counts[latent] / Vectors;

    /// <summary>Counts the latents that are active on more than a share of the vectors.</summary>
    /// <param name="share">Such as 0.01; strict.</param>
    /// <returns>A number of latents.</returns>
    public int Above(double share)
    {
        int result = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            result += Frequency(i) > share ? 1 : 0;
        }

        return result;
    }

    /// <summary>
    /// Computes the number of latents by log10 of their frequency, four bins a decade, from the decade of one vector in all to 0 (always
    /// active). Latents that were never active are in no bin.
    /// </summary>
    /// <returns>Adjoining bins, ascending; the last includes its upper edge.</returns>
    public IReadOnlyList<HistogramBin> FrequencyHistogram()
    {
        int decades = 1;
        for (long reach = 10; reach < Vectors; reach *= 10)
        {
            decades++;
        }

        return FrequencyHistogram(-decades, decades * BinsPerDecade);
    }

    /// <summary>Computes the number of latents by log10 of their frequency, in bins of equal width up to 0.</summary>
    /// <param name="low">log10 of the lowest edge, below 0; rarer latents are counted in the first bin.</param>
    /// <param name="bins">Number of bins.</param>
    /// <returns>Adjoining bins, ascending; the last includes its upper edge.</returns>
    public IReadOnlyList<HistogramBin> FrequencyHistogram(double low, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, 0);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++)
        {
            edges[i] = low - (low * i / bins);
        }

        long[] counts = new long[bins];
        for (int latent = 0; latent < _counts.Length; latent++)
        {
            if (_counts[latent] > 0)
            {
                int found = Array.BinarySearch(edges, Math.Log10(Frequency(latent)));
                counts[Math.Clamp(found >= 0 ? found : ~found - 1, 0, bins - 1)]++;
            }
        }

        HistogramBin[] result = new HistogramBin[bins];
        for (int i = 0; i < bins; i++)
        {
            result[i] = new HistogramBin(edges[i], edges[i + 1], counts[i]);
        }

        return result;
    }
}
