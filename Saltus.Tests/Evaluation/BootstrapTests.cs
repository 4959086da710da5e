using System.Text.Json;
using Saltus.Evaluation;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Evaluation;

public class BootstrapTests
{
    [Fact]
    public void The_bca_interval_of_a_mean_is_that_of_scipy()
    {
        const double EndTolerance = 0.01; // the golden's note: between generators, at 20,000 resamples
        int found = 0;
        foreach (string path in Fixtures.Roots.Select(root => Path.Combine(root, "statistics", "statistics.json")).Where(File.Exists))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            JsonElement golden = document.RootElement.GetProperty("bca_of_mean");
            double[] x = [.. golden.GetProperty("x").EnumerateArray().Select(v => v.GetDouble())];
            double[] ones = [.. Enumerable.Repeat(1.0, x.Length)];
            double expected = golden.GetProperty("acceleration").GetDouble();
            Assert.Equal(1, Bootstrap.Acceleration(x, ones, x.Sum(), x.Length) / expected, 1e-9);
            ConfidenceInterval? interval = Bootstrap.RatioOfSums(x, ones, new BootstrapOptions { Resamples = 20_000, Seed = 5 });
            double[] ends = [.. golden.GetProperty("many_resamples_95").EnumerateArray().Select(v => v.GetDouble())];
            Assert.Equal(ends[0], interval!.Value.Low, EndTolerance);
            Assert.Equal(ends[1], interval.Value.High, EndTolerance);
            found++;
        }

        Assert.True(found > 0, "no statistics.json");
    }

    [Theory]
    [InlineData(BootstrapMethod.Percentile)]
    [InlineData(BootstrapMethod.BiasCorrectedAccelerated)]
    public void The_interval_of_a_ratio_is_the_closed_form_for_many_units(BootstrapMethod method)
    {
        // Units of 1 … 20 tokens, each token's loss 2 ± 1: by the delta method σ = √Σ(y − r x)² / Σx.
        const int Units = 2_000;
        RandomSource random = new(11, "test");
        double[] sums = new double[Units], tokens = new double[Units];
        for (int i = 0; i < Units; i++)
        {
            tokens[i] = 1 + random.NextInt(20);
            for (int t = 0; t < tokens[i]; t++)
            {
                sums[i] += 1 + (2 * random.NextDouble());
            }
        }

        double ratio = sums.Sum() / tokens.Sum();
        double deviation = Math.Sqrt(sums.Zip(tokens, (y, x) => (y - (ratio * x)) * (y - (ratio * x))).Sum()) / tokens.Sum();
        ConfidenceInterval? interval = Bootstrap.RatioOfSums(sums, tokens, new BootstrapOptions { Resamples = 4_000, Method = method });

        // An end from 4,000 resamples has a standard deviation of 0.042 σ; four of them.
        Assert.Equal(-1.96, (interval!.Value.Low - ratio) / deviation, 0.17);
        Assert.Equal(1.96, (interval.Value.High - ratio) / deviation, 0.17);
    }

    [Fact]
    public void Two_units_give_the_three_resamples_there_are()
    {
        ConfidenceInterval? wide = Bootstrap.RatioOfSums([0, 1], [1, 1], new BootstrapOptions { Method = BootstrapMethod.Percentile });
        ConfidenceInterval? half = Bootstrap.RatioOfSums([0, 1], [1, 1], new BootstrapOptions { Method = BootstrapMethod.Percentile, Level = 0.4 });
        Assert.Equal(new ConfidenceInterval(0, 1), wide);
        Assert.Equal(new ConfidenceInterval(0.5, 0.5), half);
    }

    [Fact]
    public void The_interval_covers_the_truth_about_as_often_as_it_says()
    {
        // 500 samples of 40 exponential values, true mean 1. BCa's own error at this size is about 2 points, the count's deviation 1 point.
        RandomSource random = new(3, "test");
        int covered = 0;
        double[] ones = [.. Enumerable.Repeat(1.0, 40)];
        for (int sample = 0; sample < 500; sample++)
        {
            double[] x = [.. ones.Select(_ => -Math.Log(1 - random.NextDouble()))];
            ConfidenceInterval? interval = Bootstrap.RatioOfSums(x, ones, new BootstrapOptions { Resamples = 500, Seed = sample });
            covered += interval!.Value.Low <= 1 && interval.Value.High >= 1 ? 1 : 0;
        }

        Assert.InRange(covered, 450, 490);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_and_equal_units_give_a_point()
    {
        double[] sums = [1, 5, 2, 9, 4], tokens = [1, 2, 3, 4, 5];
        BootstrapOptions options = new() { Resamples = 200, Seed = 4 };
        Assert.Equal(Bootstrap.RatioOfSums(sums, tokens, options), Bootstrap.RatioOfSums(sums, tokens, options));
        Assert.NotEqual(Bootstrap.RatioOfSums(sums, tokens, options), Bootstrap.RatioOfSums(sums, tokens, options with { Seed = 5 }));
        Assert.Equal(new ConfidenceInterval(3, 3), Bootstrap.RatioOfSums([3, 3, 3], [1, 1, 1], options));
    }

    [Fact]
    public void Where_no_interval_exists_there_is_none()
    {
        Assert.Null(Bootstrap.RatioOfSums([1], [1], new BootstrapOptions()));
        Assert.Null(Bootstrap.RatioOfSums([], [], new BootstrapOptions()));
        Assert.Null(Bootstrap.RatioOfSums([1, 2], [0, 0], new BootstrapOptions { Resamples = 10 }));
        Assert.Throws<ArgumentException>(() => Bootstrap.RatioOfSums([1, 2], [1], new BootstrapOptions()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.RatioOfSums([1, 2], [1, 1], new BootstrapOptions { Level = 1 }));
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.8413447460685429)]
    [InlineData(-1.959963984540054, 0.025)]
    [InlineData(3, 0.9986501019683699)]
    [InlineData(-3.5, 2.3262907903552504e-4)]
    [InlineData(-8, 6.220960574271784e-16)]
    public void The_normal_distribution_and_its_quantile_have_their_known_values(double z, double p)
    {
        Assert.Equal(1, NormalDistribution.Cumulative(z) / p, 1e-12);
        Assert.Equal(z, NormalDistribution.Quantile(p), Math.Max(1, p > 0.99 ? 1e2 : 1) * 1e-11);
    }
}
