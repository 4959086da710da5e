namespace Saltus.Lm.Interpretation;

/// <summary>Σ f·g of every pair of a few latents over the text: only tokens at which both are active add to it.</summary>
internal sealed class LatentProducts
{
    private readonly double[,] _products;
    private readonly double[] _sums;
    private readonly long _tokens;

    /// <summary>Sums.</summary>
    /// <param name="entries">Where each latent is active.</param>
    /// <param name="latents">The latents.</param>
    /// <param name="tokens">Tokens in all.</param>
    public LatentProducts(LatentEntries entries, IReadOnlyList<int> latents, long tokens)
    {
        _tokens = tokens;
        _products = new double[latents.Count, latents.Count];
        _sums = new double[latents.Count];
        List<(int Token, int Latent, float Value)> all = [];
        for (int i = 0; i < latents.Count; i++)
        {
            ReadOnlySpan<int> places = entries.Tokens(latents[i]);
            ReadOnlySpan<float> values = entries.Values(latents[i]);
            for (int entry = 0; entry < places.Length; entry++)
            {
                all.Add((places[entry], i, values[entry]));
                _sums[i] += values[entry];
            }
        }

        all.Sort((a, b) => a.Token != b.Token ? a.Token.CompareTo(b.Token) : a.Latent.CompareTo(b.Latent));
        for (int start = 0, end; start < all.Count; start = end)
        {
            for (end = start + 1; end < all.Count && all[end].Token == all[start].Token; end++)
            {
            }

            for (int a = start; a < end; a++)
            {
                for (int b = start; b < end; b++)
                {
                    _products[all[a].Latent, all[b].Latent] += (double)all[a].Value * all[b].Value;
                }
            }
        }
    }

    /// <summary>Pearson's r and the cosine of a latent with each of them, itself too.</summary>
    public (float[] Pearson, float[] Cosine) Of(int place)
    {
        float[] pearson = new float[_sums.Length];
        float[] cosine = new float[_sums.Length];
        for (int other = 0; other < _sums.Length; other++)
        {
            (pearson[other], cosine[other]) = InputProducts.Measure(
                _tokens, _sums[place], _products[place, place], _sums[other], _products[other, other], _products[place, other]);
        }

        return (pearson, cosine);
    }
}
