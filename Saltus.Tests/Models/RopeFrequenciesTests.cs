using Saltus.Lm.Models;

namespace Saltus.Tests.Models;

public class RopeFrequenciesTests
{
    /// <summary>Both sides are float64; the formulas are written in another order.</summary>
    private const double Tolerance = 1e-12;
    private const int Dimensions = 16;

    private static readonly RopeSettings s_plain = new() { Base = 10000, Dimensions = Dimensions, MaxPositions = 64, OriginalMaxPositions = 64 };

    [Fact]
    public void Plain_frequencies_fall_from_1_by_equal_ratios() => Check(s_plain, 10, m => Plain(m), 1);

    [Fact]
    public void Linear_divides_all() => Check(s_plain with { Kind = RopeKind.Linear, Factor = 8 }, 10, m => Plain(m) / 8, 1);

    [Fact]
    public void Llama3_keeps_short_waves_divides_long_ones_and_ramps_between()
    {
        RopeSettings settings = s_plain with { Kind = RopeKind.Llama3, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 100 };
        int kept = 0;
        int divided = 0;
        Check(
            settings, 10,
            m =>
            {
                // Turns that the wave makes within the original length.
                double turns = 100 * Plain(m) / (2 * Math.PI);
                kept += turns > 4 ? 1 : 0;
                divided += turns < 1 ? 1 : 0;
                double share = Math.Clamp((turns - 1) / 3, 0, 1);
                return Plain(m) * (share + ((1 - share) / 8));
            },
            1);
        Assert.True(kept > 0 && divided > 0 && kept + divided < Dimensions / 2);
    }

    [Fact]
    public void Dynamic_is_plain_up_to_the_stated_length_and_grows_the_base_beyond()
    {
        RopeSettings settings = s_plain with { Kind = RopeKind.Dynamic, Factor = 2 };
        Check(settings, 64, m => Plain(m), 1);
        double theta = 10000 * Math.Pow((2 * 100 / 64.0) - 1, 16 / 14.0);
        Check(settings, 100, m => Math.Exp(-2.0 * m / 16 * Math.Log(theta)), 1);
        Assert.Equal(0, RopeFrequencies.Variant(settings, 64));
        Assert.NotEqual(RopeFrequencies.Variant(settings, 100), RopeFrequencies.Variant(settings, 101));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Yarn_ramps_over_dimensions(bool truncate)
    {
        RopeSettings settings = s_plain with { Kind = RopeKind.Yarn, Factor = 4, Truncate = truncate, OriginalMaxPositions = 1000 };
        double low = 16 * Math.Log(1000 / (2 * Math.PI * 32)) / (2 * Math.Log(10000));
        double high = 16 * Math.Log(1000 / (2 * Math.PI)) / (2 * Math.Log(10000));
        if (truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        Check(
            settings, 10,
            m =>
            {
                double ramp = m <= low ? 0 : m >= high ? 1 : (m - low) / (high - low);
                return (Plain(m) * (1 - ramp)) + (Plain(m) / 4 * ramp);
            },
            1 + (0.1 * Math.Log(4)));
    }

    [Fact]
    public void The_magnitude_of_yarn_is_stated_or_a_ratio()
    {
        RopeSettings settings = s_plain with { Kind = RopeKind.Yarn, Factor = 4 };
        Assert.Equal(1.5, RopeFrequencies.Compute(settings with { AttentionFactor = 1.5 }, 1).Magnitude);
        Assert.Equal(
            (1 + (0.1 * 0.7 * Math.Log(4))) / (1 + (0.1 * 0.5 * Math.Log(4))),
            RopeFrequencies.Compute(settings with { MagnitudeScale = 0.7, MagnitudeScaleAllDimensions = 0.5 }, 1).Magnitude, Tolerance);
        Assert.Equal(1, RopeFrequencies.Compute(settings with { Factor = 0.5 }, 1).Magnitude);
    }

    [Fact]
    public void Longrope_divides_by_one_list_up_to_the_original_length_and_by_the_other_beyond()
    {
        double[] shorter = [1, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6];
        double[] longer = [1, 2, 3, 4, 5, 6, 7, 8];
        RopeSettings settings = s_plain with { Kind = RopeKind.LongRope, OriginalMaxPositions = 16, ShortFactors = shorter, LongFactors = longer };
        double magnitude = Math.Sqrt(1 + (Math.Log(4) / Math.Log(16)));
        Check(settings, 16, m => Plain(m) / shorter[m], magnitude);
        Check(settings, 17, m => Plain(m) / longer[m], magnitude);
        Assert.Equal(1.25, RopeFrequencies.Compute(settings with { AttentionFactor = 1.25 }, 17).Magnitude);
        Assert.NotEqual(RopeFrequencies.Variant(settings, 16), RopeFrequencies.Variant(settings, 17));
        Assert.Equal(RopeFrequencies.Variant(settings, 18), RopeFrequencies.Variant(settings, 17));
    }

    [Fact]
    public void A_head_is_turned_by_halves_and_back()
    {
        RopeSettings settings = s_plain with { Kind = RopeKind.Yarn, Factor = 4 };
        using RopeTable table = new(settings, 40);
        table.Cover(40);
        RopeFrequencies frequencies = RopeFrequencies.Compute(settings, 40);
        float[] original = [.. Enumerable.Range(0, Dimensions + 4).Select(i => MathF.Sin(i) + 0.2f)];
        float[] head = [.. original];
        table.Turn(head, 37);
        for (int m = 0; m < Dimensions / 2; m++)
        {
            (double sin, double cos) = Math.SinCos(37 * frequencies.Values[m]);
            double scale = frequencies.Magnitude;
            Assert.Equal(scale * ((original[m] * cos) - (original[m + 8] * sin)), head[m], 1e-6);
            Assert.Equal(scale * ((original[m + 8] * cos) + (original[m] * sin)), head[m + 8], 1e-6);
        }

        Assert.Equal(original[Dimensions..], head[Dimensions..]);
        table.TurnBack(head, 37);
        Assert.Equal(original[3] * frequencies.Magnitude * frequencies.Magnitude, head[3], 1e-5);
    }

    private static double Plain(int m) => Math.Exp(-2.0 * m / Dimensions * Math.Log(10000));

    private static void Check(RopeSettings settings, int length, Func<int, double> expected, double magnitude)
    {
        RopeFrequencies frequencies = RopeFrequencies.Compute(settings, length);
        Assert.Equal(Dimensions / 2, frequencies.Values.Count);
        for (int m = 0; m < frequencies.Values.Count; m++)
        {
            double wanted = expected(m);
            Assert.True(Math.Abs(frequencies.Values[m] - wanted) <= Tolerance * wanted, $"frequency {m}: {frequencies.Values[m]}, expected {wanted}");
        }

        Assert.Equal(magnitude, frequencies.Magnitude, Tolerance);
    }
}
