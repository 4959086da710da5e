using Saltus.Training;

namespace Saltus.Tests.Training;

public class NormScaleTests
{
    [Fact]
    public void Scale_is_the_root_of_the_mean_squared_norm_and_the_mean_is_the_mean()
    {
        // Vectors [i, −i] for i = 0 … 4: squares 2·(0 + 1 + 4 + 9 + 16) = 60 over 5 vectors.
        NormScale scale = NormScale.Estimate(new CountingSource(100), 5);
        Assert.Equal(Math.Sqrt(12), scale.Scale);
        Assert.Equal([2.0, -2.0], scale.Mean);
        Assert.Equal(5, scale.Vectors);
    }

    [Fact]
    public void The_sizes_of_reads_do_not_change_a_bit_and_a_short_source_gives_what_it_has()
    {
        NormScale whole = NormScale.Estimate(new CountingSource(3000), 3000);
        NormScale pieces = NormScale.Estimate(new CountingSource(3000, knowsLength: false, mostRows: 7), 10_000);
        Assert.Equal(whole.Scale, pieces.Scale);
        Assert.Equal(whole.Mean, pieces.Mean);
        Assert.Equal(3000, pieces.Vectors);
    }

    [Fact]
    public void Nothing_and_only_zeros_are_refused()
    {
        Assert.Throws<InputException>(() => NormScale.Estimate(new CountingSource(0), 10));
        Assert.Throws<InputException>(() => NormScale.Estimate(new CountingSource(10), 1));
    }
}
