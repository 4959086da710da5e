using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

public class ReductionsTests
{
    private const int LongestLength = 256;

    [Fact]
    public void Dot_has_the_bits_of_the_plain_loop_at_every_length() => Check<DotReduction>();

    [Fact]
    public void Sum_has_the_bits_of_the_plain_loop_at_every_length() => Check<SumReduction>();

    [Fact]
    public void Max_has_the_bits_of_the_plain_loop_at_every_length() => Check<MaxReduction>();

    [Fact]
    public void Squared_distance_has_the_bits_of_the_plain_loop_at_every_length() => Check<SquaredDistanceReduction>();

    [Fact]
    public void A_pair_of_dots_has_the_bits_of_two()
    {
        RandomSource random = new(12, "pair");
        for (int length = 0; length <= LongestLength; length++)
        {
            float[][] values = [.. Enumerable.Range(0, 3).Select(_ => new float[length])];
            foreach (float[] row in values)
            {
                foreach (ref float value in row.AsSpan())
                {
                    value = (float)((2 * random.NextDouble()) - 1);
                }
            }

            (float ofY, float ofZ) = Reductions.DotPair(values[0], values[1], values[2]);
            Assert.Equal((Reductions.Dot(values[0], values[1]), Reductions.Dot(values[0], values[2])), (ofY, ofZ));
        }

        Assert.Throws<ArgumentException>(() => Reductions.DotPair(new float[32], new float[32], new float[64]));
    }

    [Fact]
    public void The_named_reductions_compute_what_they_say()
    {
        float[] x = [3, -4, 0.5f];
        float[] y = [2, 1, -2];
        Assert.Equal(1, Reductions.Dot(x, y));
        Assert.Equal(-0.5f, Reductions.Sum(x));
        Assert.Equal(25.25f, Reductions.SumOfSquares(x));
        Assert.Equal(3, Reductions.Max(x));
        Assert.Equal(1, Reductions.DotInDouble(x, y));
        Assert.Equal(-0.5, Reductions.SumInDouble(x));
        Assert.Equal(25.25, Reductions.SumOfSquaresInDouble(x));
        Assert.Equal(1 + 25 + 6.25, Reductions.SquaredDistanceInDouble(x, y));
        Assert.Equal(float.NegativeInfinity, Reductions.Max([]));
        Assert.Equal(0, Reductions.Sum([]));
    }

    [Fact]
    public void A_value_that_is_not_a_number_is_never_lost()
    {
        for (int at = 0; at < 70; at++)
        {
            float[] x = new float[70];
            x[at] = float.NaN;
            Assert.True(float.IsNaN(Reductions.Max(x)), $"Max, NaN at {at}");
            Assert.True(float.IsNaN(Reductions.Sum(x)), $"Sum, NaN at {at}");
            Assert.True(double.IsNaN(Reductions.SumOfSquaresInDouble(x)), $"SumOfSquaresInDouble, NaN at {at}");
        }
    }

    [Fact]
    public void Spans_of_different_lengths_are_refused()
        => Assert.Throws<ArgumentException>(() => Reductions.Dot(new float[3], new float[4]));

    private static void Check<TReduction>()
        where TReduction : struct, IReduction
    {
        RandomSource random = new(11, typeof(TReduction).Name);
        for (int length = 0; length <= LongestLength; length++)
        {
            float[] x = new float[length];
            float[] y = new float[length];
            for (int i = 0; i < length; i++)
            {
                x[i] = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.NextInt(8)));
                y[i] = (float)(random.NextDouble() - 0.5);
            }

            Assert.True(
                BitConverter.SingleToInt32Bits(Reductions.ReducePlain<TReduction>(x, y)) == BitConverter.SingleToInt32Bits(Reductions.Reduce<TReduction>(x, y)),
                $"float32, length {length}");
            Assert.True(
                BitConverter.DoubleToInt64Bits(Reductions.ReduceInDoublePlain<TReduction>(x, y))
                    == BitConverter.DoubleToInt64Bits(Reductions.ReduceInDouble<TReduction>(x, y)),
                $"float64, length {length}");
        }
    }
}
