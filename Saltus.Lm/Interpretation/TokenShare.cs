using System.Text;
using Saltus.Reports;

namespace Saltus.Lm.Interpretation;

/// <summary>On which tokens one latent is active, and how its activation is spread over them.</summary>
/// <param name="Top">The tokens with the largest summed activation, largest first.</param>
/// <param name="Concentration">The share of the latent's summed activation that its five top words have, 0 … 1.</param>
/// <param name="TopToken">Id of the first; −1 without any.</param>
internal sealed record TokenShare(IReadOnlyList<TokenActivation> Top, double Concentration, int TopToken)
{
    private const int Words = 5;

    /// <summary>Three letters of ASCII, two of most other alphabets, one ideograph: less than that says nothing by itself.</summary>
    private const int BytesOfWord = 3;

    public static TokenShare Of(TokenStream stream, ReadOnlySpan<int> places, ReadOnlySpan<float> values, IReadOnlyList<string> tokenTexts, int count)
    {
        Dictionary<int, (double Sum, long Count)> byToken = [];
        double total = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (values[i] > 0)
            {
                int token = stream.Token(places[i]);
                (double sum, long seen) = byToken.GetValueOrDefault(token);
                byToken[token] = (sum + values[i], seen + 1);
                total += values[i];
            }
        }

        (int Token, double Sum, long Count)[] ordered =
        [
            .. byToken.Select(pair => (pair.Key, pair.Value.Sum, pair.Value.Count)).OrderByDescending(entry => entry.Sum).ThenBy(entry => entry.Key),
        ];
        return new TokenShare(
            [.. ordered.Take(count).Select(entry => new TokenActivation(tokenTexts[entry.Token], entry.Sum / entry.Count, entry.Count))],
            total > 0 ? ordered.Where(entry => IsWord(tokenTexts[entry.Token])).Take(Words).Sum(entry => entry.Sum) / total : 0,
            ordered.Length > 0 ? ordered[0].Token : -1);
    }

    private static bool IsWord(string text)
    {
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += Rune.IsLetter(rune) ? rune.Utf8SequenceLength : 0;
        }

        return bytes >= BytesOfWord;
    }
}
