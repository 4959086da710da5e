using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// The direct effect of each latent on the next token: (d ⊙ g)·W_U, with d the latent's decoder direction (its own mean taken out where
/// the final norm is a layer norm), g the final norm's gain and W_U the unembedding, less its mean over the vocabulary, which no
/// probability depends on. Blocks above the site, the final norm's division, a head's bias and a soft cap are left out.
/// </summary>
public static class LogitEffects
{
    private const int StrongestTokens = 5;
    private const int MostRows = 256;
    private const int MostLogits = 1 << 24;

    /// <summary>Computes the effects of all latents.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The language model.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="site">Where it writes.</param>
    /// <param name="tokenTexts">The text of each token id.</param>
    /// <param name="count">How many tokens each way.</param>
    /// <param name="histogramBins">Bins of <see cref="LogitEffect.Histogram"/>; 0 for none.</param>
    /// <returns>One a latent; null where the site is not in the residual stream's own coordinates (attn_z, mlp_in).</returns>
    /// <exception cref="ArgumentException">The SAE's output is not as wide as the residual stream.</exception>
    public static IReadOnlyList<LogitEffect>? Compute(
        WorkTeam team, LanguageModel model, SparseCoder sae, Site site, IReadOnlyList<string> tokenTexts, int count, int histogramBins = 0)
    {
        if (site.Kind is SiteKind.AttnZ or SiteKind.MlpIn)
        {
            return null;
        }

        if (sae.OutputWidth != model.Configuration.Width)
        {
            throw new ArgumentException(
                $"the SAE writes vectors of width {sae.OutputWidth}, the model's residual stream has {model.Configuration.Width}", nameof(sae));
        }

        int vocabulary = model.Configuration.VocabularySize;
        int shown = Math.Min(vocabulary, tokenTexts.Count);
        int step = Math.Clamp(MostLogits / vocabulary, 1, MostRows);
        LogitEffect[] result = new LogitEffect[sae.Latents];
        for (int first = 0; first < result.Length; first += step)
        {
            int rows = Math.Min(step, result.Length - first);
            int offset = first;
            using Matrix directions = Directions(model.FinalNorm, sae, first, rows);
            using Matrix effects = new(rows, vocabulary);
            MatMul.Multiply(team, directions, model.Head, effects);
            team.Run(rows, row => result[offset + row] = Effect(effects.Row(row)[..shown], tokenTexts, count, histogramBins));
        }

        return result;
    }

    private static Matrix Directions(Norm norm, SparseCoder sae, int first, int rows)
    {
        Matrix result = new(rows, sae.OutputWidth);
        for (int row = 0; row < rows; row++)
        {
            Span<float> direction = result.Row(row);
            sae.DecoderWeights.Row(first + row).CopyTo(direction);
            if (norm.IsCentred)
            {
                TensorPrimitives.Subtract(direction, Reductions.Sum(direction) / direction.Length, direction);
            }

            TensorPrimitives.Multiply(direction, norm.Gain, direction);
        }

        return result;
    }

    private static LogitEffect Effect(Span<float> effects, IReadOnlyList<string> tokenTexts, int count, int histogramBins)
    {
        double mean = Reductions.SumInDouble(effects) / effects.Length;
        TensorPrimitives.Subtract(effects, (float)mean, effects);
        double deviation = Math.Sqrt(Reductions.SumOfSquaresInDouble(effects) / effects.Length);
        int[] strongest = LargestValues.Find(effects, StrongestTokens);
        double top = 0;
        foreach (int token in strongest)
        {
            top += effects[token] / strongest.Length;
        }

        return new LogitEffect(
            Named(LargestValues.Find(effects, count), effects, tokenTexts),
            Named(LargestValues.Find(effects, count, sign: -1), effects, tokenTexts),
            deviation > 0 ? top / deviation : 0)
        {
            Histogram = histogramBins > 0 ? EqualBins.Count(effects, histogramBins) : [],
        };
    }

    private static TokenLogit[] Named(int[] tokens, ReadOnlySpan<float> effects, IReadOnlyList<string> tokenTexts)
    {
        TokenLogit[] result = new TokenLogit[tokens.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            result[i] = new TokenLogit(tokenTexts[tokens[i]], effects[tokens[i]]);
        }

        return result;
    }
}
