using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>How much of a known dictionary an SAE has found, and how well it reconstructs: cosines between true features and decoder directions.</summary>
public static class FeatureRecovery
{
    /// <summary>From this cosine on a true feature counts as recovered.</summary>
    public const double RecoveredCosine = 0.9;

    /// <summary>Scores an SAE.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="sae">The SAE, on raw vectors.</param>
    /// <param name="features">The true dictionary, [G, d]; rows of any norm.</param>
    /// <param name="vectors">Held-out vectors, [n, d]; latents silent on all of them count as dead.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="ArgumentException">Widths differ, or there are no vectors.</exception>
    public static RecoveryScores Score(WorkTeam team, SparseCoder sae, Matrix features, Matrix vectors)
    {
        if (features.Columns != sae.OutputWidth || vectors.Columns != sae.InputWidth || vectors.Rows == 0)
        {
            throw new ArgumentException(
                $"shape mismatch: features [{features.Rows}, {features.Columns}], vectors [{vectors.Rows}, {vectors.Columns}], " +
                $"SAE [{sae.InputWidth}, {sae.OutputWidth}]");
        }

        using Matrix output = new(vectors.Rows, sae.OutputWidth);
        SparseActivations latents = sae.Forward(team, vectors, output);
        bool[] isLiving = new bool[sae.Latents];
        foreach (int latent in latents.Latent)
        {
            isLiving[latent] = true;
        }

        (double error, double squares, double variance) = Errors(vectors, output);
        (double ofFeatures, double recovered, double ofLatents) = Cosines(sae.DecoderWeights, features, isLiving);
        return new RecoveryScores
        {
            L0 = latents.L0,
            Mse = error / squares,
            Fvu = error / variance,
            MaximumCosine = ofFeatures,
            Recovered = recovered,
            MaximumCosineOfLatents = ofLatents,
            Dead = isLiving.Count(living => !living) / (double)sae.Latents,
        };
    }

    private static (double Error, double Squares, double Variance) Errors(Matrix vectors, Matrix output)
    {
        double error = 0;
        double squares = 0;
        double[] sums = new double[vectors.Columns];
        for (int row = 0; row < vectors.Rows; row++)
        {
            for (int j = 0; j < sums.Length; j++)
            {
                double x = vectors.Row(row)[j];
                double miss = x - output.Row(row)[j];
                error += miss * miss;
                squares += x * x;
                sums[j] += x;
            }
        }

        return (error, squares, squares - sums.Sum(sum => sum * sum / vectors.Rows));
    }

    private static (double OfFeatures, double Recovered, double OfLatents) Cosines(Matrix decoder, Matrix features, bool[] isLiving)
    {
        double[] best = new double[features.Rows];
        double ofLatents = 0;
        int living = 0;
        for (int latent = 0; latent < decoder.Rows; latent++)
        {
            if (!isLiving[latent])
            {
                continue;
            }

            double bestOfLatent = double.NegativeInfinity;
            for (int feature = 0; feature < features.Rows; feature++)
            {
                double cosine = Cosine(decoder.Row(latent), features.Row(feature));
                best[feature] = living == 0 ? cosine : Math.Max(best[feature], cosine);
                bestOfLatent = Math.Max(bestOfLatent, cosine);
            }

            ofLatents += bestOfLatent;
            living++;
        }

        return (best.Average(), best.Count(cosine => cosine > RecoveredCosine) / (double)best.Length, living == 0 ? 0 : ofLatents / living);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0, ofA = 0, ofB = 0;
        for (int j = 0; j < a.Length; j++)
        {
            dot += (double)a[j] * b[j];
            ofA += (double)a[j] * a[j];
            ofB += (double)b[j] * b[j];
        }

        return ofA == 0 || ofB == 0 ? 0 : dot / Math.Sqrt(ofA * ofB);
    }
}
