using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Saltus.Kernels;

namespace Saltus.Tests.Kernels;

public class ElementaryTests
{
    /// <summary>The promise of <see cref="Elementary"/>, in units in the last place of the exact value rounded to float32.</summary>
    private const double Tolerance = 2;

    /// <summary>An exp of at most 1.1 units, an addition and a division of half a unit each, one of them across a power of two.</summary>
    private const double SigmoidTolerance = 3;

    /// <summary>A prime: consecutive samples meet every low bit pattern. About 430,000 of all float32 values.</summary>
    private const uint Stride = 10_007;

    /// <summary>Bits of the samples' results, recorded once: equal at every width, on every machine.</summary>
    private const string RecordedBits = "AF1C726CD50840A403B172194FA6C00A";

    private delegate void Function(ReadOnlySpan<float> x, Span<float> y);

    [Fact]
    public void Exp_is_within_two_units_of_the_exact_value() => Check("exp", Elementary.Exp, Math.Exp, -110, 95);

    [Fact]
    public void Log_is_within_two_units_of_the_exact_value() => Check("log", Elementary.Log, Math.Log, float.NegativeInfinity, float.PositiveInfinity);

    [Fact]
    public void Tanh_is_within_two_units_of_the_exact_value()
        => Check("tanh", Elementary.Tanh, Math.Tanh, float.NegativeInfinity, float.PositiveInfinity);

    [Fact]
    public void Erf_is_within_two_units_of_the_exact_value()
        => Check("erf", Elementary.Erf, ExactErf, float.NegativeInfinity, float.PositiveInfinity);

    [Fact]
    public void Sigmoid_is_within_three_units_of_the_exact_value_where_it_is_a_normal_number()
        => Check("sigmoid", Elementary.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -87, float.PositiveInfinity, SigmoidTolerance);

    [Fact]
    public void Special_values_are_kept()
    {
        float[] x = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.Epsilon, -float.Epsilon];
        Assert.Equal([float.NaN, float.PositiveInfinity, 0, 1, 1, 1, 1], Values(Elementary.Exp, x));
        Assert.Equal([float.NaN, 1, -1, 0, -0f, float.Epsilon, -float.Epsilon], Values(Elementary.Tanh, x));
        Assert.Equal([float.NaN, 1, -1, 0, -0f, float.Epsilon, -float.Epsilon], Values(Elementary.Erf, x));
        Assert.Equal([float.NaN, 1, 0, 0.5f, 0.5f, 0.5f, 0.5f], Values(Elementary.Sigmoid, x));
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NaN, float.NegativeInfinity, float.NegativeInfinity, -103.27893f, float.NaN], Values(Elementary.Log, x));
        Assert.True(float.IsNegative(Values(Elementary.Tanh, x)[4]));
        Assert.True(float.IsNegative(Values(Elementary.Erf, x)[4]));
    }

    [Fact]
    public void A_value_has_the_same_bits_at_every_length_and_place_and_in_place()
    {
        float[] x = [.. Enumerable.Range(0, 257).Select(i => (i - 128) / 17f)];
        foreach (Function function in new Function[] { Elementary.Exp, Elementary.Tanh, Elementary.Erf, Elementary.Log, Elementary.Sigmoid })
        {
            float[] all = Values(function, x);
            for (int length = 0; length < x.Length; length++)
            {
                float[] part = x[^length..];
                function(part, part);
                Assert.True(MemoryMarshal.AsBytes<float>(part).SequenceEqual(MemoryMarshal.AsBytes<float>(all.AsSpan(all.Length - length))), $"length {length}");
            }
        }
    }

    [Fact]
    public void The_bits_are_those_recorded()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Function function in new Function[] { Elementary.Exp, Elementary.Tanh, Elementary.Erf, Elementary.Log, Elementary.Sigmoid })
        {
            // NaN payloads are the processor's affair: they are left out.
            hash.AppendData(MemoryMarshal.AsBytes<float>(Values(function, [.. Samples().Where(float.IsFinite)]).Where(v => !float.IsNaN(v)).ToArray()));
        }

        Assert.Equal(RecordedBits, Convert.ToHexString(hash.GetHashAndReset())[..32]);
    }

    [Fact]
    public void A_soft_cap_bounds_and_scales()
    {
        float[] y = new float[3];
        Elementary.SoftCap([0.5f, -8, 1000], 2, 4, y);
        Assert.Equal(4 * Math.Tanh(0.25), y[0], 1e-6);
        Assert.Equal(-4 * Math.Tanh(4), y[1], 1e-6);
        Assert.Equal(4, y[2]);
    }

    [Fact]
    public void A_short_destination_is_refused_before_anything_is_written()
    {
        float[] y = [7, 7];
        Assert.Throws<ArgumentException>(() => Elementary.Exp(new float[3], y));
        Assert.Equal([7, 7], y);
    }

    private static float[] Values(Function function, float[] x)
    {
        float[] y = new float[x.Length];
        function(x, y);
        return y;
    }

    private static IEnumerable<float> Samples()
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            yield return BitConverter.UInt32BitsToSingle((uint)bits);
        }
    }

    private static void Check(string name, Function function, Func<double, double> exact, float from, float to, double tolerance = Tolerance)
    {
        float[] x = [.. Samples().Where(v => v >= from && v <= to)];
        Assert.True(x.Length > 1000, name);
        float[] y = Values(function, x);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double wanted = exact(x[i]);
            if (double.IsNaN(wanted))
            {
                Assert.True(float.IsNaN(y[i]), $"{name}({x[i]:R}) = {y[i]:R}, expected NaN");
                continue;
            }

            float rounded = (float)wanted;
            if (float.IsInfinity(rounded))
            {
                Assert.True(y[i] == rounded, $"{name}({x[i]:R}) = {y[i]:R}, expected {rounded}");
                continue;
            }

            double unit = Math.Max(MathF.BitIncrement(MathF.Abs(rounded)) - (double)MathF.Abs(rounded), float.Epsilon);
            double error = Math.Abs(y[i] - wanted) / unit;
            if (!(error <= worst))
            {
                (worst, at) = (error, x[i]);
            }
        }

        Assert.True(worst <= tolerance, $"{name}: {worst} units in the last place at {at:R}");
    }

    private static double ExactErf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        // All terms have one sign: nothing cancels.
        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return sum * 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);
    }
}
