using Saltus.Lm.Models;

namespace Saltus.Tests.Models;

public class TokenSamplerTests
{
    private const int Draws = 40_000;

    // Five standard deviations of a share that is drawn so often: 1 in two million by chance, and the seed is fixed.
    private const double Tolerance = 0.0125;

    private static readonly float[] s_logits = [0.3f, -1.2f, 2.1f, 1.4f, -0.5f, 1.4f, 0.9f];

    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(0.5, null, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(1, null, 0.7)]
    [InlineData(1.3, 5, 0.8)]
    [InlineData(1, 1, 0.1)]
    public void Shares_of_draws_are_the_probabilities(double temperature, int? topK, double topP)
    {
        double[] expected = Plain(temperature, topK, topP);
        int[] counts = new int[s_logits.Length];
        TokenSampler sampler = new(new GenerationOptions { Temperature = temperature, TopK = topK, TopP = topP, Seed = 11 }, 0);
        for (int draw = 0; draw < Draws; draw++)
        {
            counts[sampler.Next(s_logits)]++;
        }

        for (int id = 0; id < counts.Length; id++)
        {
            Assert.InRange((double)counts[id] / Draws, expected[id] - Tolerance, expected[id] + Tolerance);
            Assert.True(expected[id] > 0 || counts[id] == 0, $"token {id} is not eligible and came {counts[id]} times");
        }
    }

    [Fact]
    public void Without_temperature_the_best_token_comes_and_of_equal_ones_the_first()
    {
        TokenSampler sampler = new(new GenerationOptions(), 0);
        Assert.Equal(2, sampler.Next(s_logits));
        Assert.Equal(1, sampler.Next([0, 3, 3, -1]));
        Assert.Equal(1, new TokenSampler(new GenerationOptions { Temperature = 1, TopK = 1 }, 0).Next([0, 3, 3, -1]));
    }

    /// <summary>Sort, cut, divide, as the options say it.</summary>
    private static double[] Plain(double temperature, int? topK, double topP)
    {
        int[] order = [.. Enumerable.Range(0, s_logits.Length).OrderByDescending(id => s_logits[id]).ThenBy(id => id).Take(topK ?? s_logits.Length)];
        double[] weights = [.. order.Select(id => Math.Exp(s_logits[id] / temperature))];
        List<int> kept = [];
        for (int i = 0; i < order.Length && weights.Take(i).Sum() < topP * weights.Sum(); i++)
        {
            kept.Add(i);
        }

        double[] result = new double[s_logits.Length];
        foreach (int i in kept)
        {
            result[order[i]] = weights[i] / kept.Sum(j => weights[j]);
        }

        return result;
    }
}
