namespace Saltus.Lm.Interpretation;

/// <summary>
/// Which latents a report shows first: those that a person can read at a glance. A latent that answers to few tokens says what it sees;
/// one that promotes few tokens sharply says what it does.
/// </summary>
public static class TellingRule
{
    /// <summary>The rule in one sentence, for the report.</summary>
    public const string Sentence =
        "Telling = the share of a latent's summed activation that falls on its five top tokens of three letters or more, " +
        "times the mean effect of its five most promoted output tokens in standard deviations over the vocabulary; " +
        "latents active on fewer than 30 tokens or on more than 1 % of them are not ranked, " +
        "and each further latent with the same top token counts half of the one before.";

    private const int FewestTokens = 30;
    private const double LargestFrequency = 0.01;

    /// <summary>Scores latents together.</summary>
    /// <param name="evidence">One a latent.</param>
    /// <param name="tokenTexts">The text of each token id.</param>
    /// <returns>One a latent; NaN for those that are not ranked.</returns>
    internal static double[] Score(IReadOnlyList<TellingEvidence> evidence, IReadOnlyList<string> tokenTexts)
    {
        double[] scores = [.. evidence.Select(Alone)];
        Dictionary<string, double> factors = new(StringComparer.OrdinalIgnoreCase);
        foreach (int latent in Enumerable.Range(0, scores.Length).Where(i => !double.IsNaN(scores[i])).OrderByDescending(i => scores[i]).ThenBy(i => i))
        {
            string token = tokenTexts[evidence[latent].Tokens.TopToken].Trim();
            double factor = factors.GetValueOrDefault(token, 1);
            scores[latent] *= factor;
            factors[token] = factor / 2;
        }

        return scores;
    }

    private static double Alone(TellingEvidence latent) =>
        latent.Count < FewestTokens || latent.Frequency > LargestFrequency || latent.Tokens.TopToken < 0
            ? double.NaN
            : latent.Tokens.Concentration * (latent.EffectStrength ?? 1);
}
