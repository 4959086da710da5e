using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Interpretation;

public class LogitEffectsTests
{
    /// <summary>Float32 sums over d against double ones.</summary>
    private const double Tolerance = 1e-5;

    [Fact]
    public void Effects_are_decoder_row_times_gain_times_unembedding_less_their_mean_in_every_family()
    {
        using WorkTeam team = new(2);
        foreach (string folder in Fixtures.Cases("lm", path => File.Exists(Path.Combine(path, "golden.safetensors"))))
        {
            using LanguageModel model = LanguageModel.Load(folder);
            using SparseAutoencoder sae = RandomSae(model.Configuration.Width);
            string[] texts = [.. Enumerable.Range(0, model.Configuration.VocabularySize).Select(token => $"t{token}")];
            Site site = new(SiteKind.ResidPost, 0);
            IReadOnlyList<LogitEffect> effects = LogitEffects.Compute(team, model, sae, site, texts, 4)!;
            for (int latent = 0; latent < sae.Latents; latent++)
            {
                double[] expected = Plain(model, sae.DecoderWeights.Row(latent));
                double largest = expected.Max(Math.Abs);
                string what = $"{Path.GetFileName(folder)}, latent {latent}";
                Compare(what, effects[latent].Promoted, [.. expected.OrderDescending().Take(4)], expected, largest);
                Compare(what, effects[latent].Suppressed, [.. expected.Order().Take(4)], expected, largest);
                double deviation = Math.Sqrt(expected.Sum(value => value * value) / expected.Length);
                Assert.Equal(expected.OrderDescending().Take(5).Average() / deviation, effects[latent].Strength, 1e-3);
            }

            Assert.Null(LogitEffects.Compute(team, model, sae, new Site(SiteKind.AttnZ, 0), texts, 4));
        }
    }

    private static void Compare(string what, IReadOnlyList<TokenLogit> actual, double[] values, double[] expected, double largest)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int token = int.Parse(actual[i].Text.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(actual[i].Logit - values[i]) <= Tolerance * largest, $"{what}, rank {i}: expected {values[i]}, got {actual[i].Logit}");
            Assert.True(
                Math.Abs(actual[i].Logit - expected[token]) <= Tolerance * largest,
                $"{what}: token {token} has effect {expected[token]}, not {actual[i].Logit}");
        }
    }

    private static double[] Plain(LanguageModel model, ReadOnlySpan<float> direction)
    {
        double[] scaled = new double[direction.Length];
        double mean = 0;
        foreach (float value in direction)
        {
            mean += value / (double)direction.Length;
        }

        for (int j = 0; j < scaled.Length; j++)
        {
            scaled[j] = (direction[j] - (model.FinalNorm.IsCentred ? mean : 0)) * model.FinalNorm.Gain[j];
        }

        double[] effects = new double[model.Configuration.VocabularySize];
        float[] row = new float[direction.Length];
        for (int token = 0; token < effects.Length; token++)
        {
            model.Head.ReadRows(token, 1, row);
            effects[token] = scaled.Zip(row, (a, b) => a * b).Sum();
        }

        double centre = effects.Average();
        return [.. effects.Select(effect => effect - centre)];
    }

    private static SparseAutoencoder RandomSae(int width)
    {
        RandomSource random = new(9, "test");
        Matrix decoder = new(3, width);
        foreach (ref float value in decoder.Span)
        {
            value = (float)(random.NextDouble() - 0.4);
        }

        return new SparseAutoencoder(new Matrix(3, width), new float[3], decoder, new float[width], new JumpReluActivation([1, 1, 1]));
    }
}
