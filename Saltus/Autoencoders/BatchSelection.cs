using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>Which latents BatchTopK keeps while it trains; of equal values the one of the earlier vector, then of lower index.</summary>
internal static class BatchSelection
{
    /// <summary>Chooses over all vectors together.</summary>
    /// <param name="pre">π, [B, M].</param>
    /// <param name="k">Latents a vector on average.</param>
    /// <returns>What is kept of each vector, ascending.</returns>
    public static (int Latent, float Value)[][] Choose(Matrix pre, double k)
    {
        long kept = (long)(k * pre.Rows);
        List<float> positive = [];
        for (int row = 0; row < pre.Rows; row++)
        {
            foreach (float value in pre.Row(row))
            {
                if (value > 0)
                {
                    positive.Add(value);
                }
            }
        }

        float cut = 0;
        long atCut = 0;
        if (kept < positive.Count)
        {
            positive.Sort();
            cut = kept == 0 ? float.PositiveInfinity : positive[(int)(positive.Count - kept)];
            atCut = kept - (positive.Count - 1 - positive.FindLastIndex(value => value <= cut));
        }

        (int, float)[][] rows = new (int, float)[pre.Rows][];
        for (int row = 0; row < pre.Rows; row++)
        {
            List<(int, float)> chosen = [];
            ReadOnlySpan<float> values = pre.Row(row);
            for (int latent = 0; latent < values.Length; latent++)
            {
                if (values[latent] > cut || (values[latent] == cut && cut > 0 && atCut-- > 0))
                {
                    chosen.Add((latent, values[latent]));
                }
            }

            rows[row] = [.. chosen];
        }

        return rows;
    }
}
