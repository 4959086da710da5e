using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

/// <summary>What the screen proves, against float64: the integers, their limits, the norms, the bound on a product.</summary>
public class ScreenBoundTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Norms_and_residuals_are_upper_bounds_and_close_ones(bool isLatent)
    {
        RandomSource random = new(1, "test");
        float budget = isLatent ? Int8Layout.WeightBudget : Int8Layout.TokenBudget;
        foreach (int depth in new[] { 32, 256, 768, 4096 })
        {
            foreach (bool adversarial in new[] { false, true })
            {
                using Matrix rows = adversarial ? ScreenSupport.Adversarial(200, depth, random) : ScreenSupport.Normal(200, depth, random);
                int[] q = new int[depth / 4];
                for (int i = 0; i < rows.Rows; i++)
                {
                    ReadOnlySpan<float> v = rows.Row(i);
                    Int8Row row = Int8Quantizer.Quantize(v, budget, isLatent, q);
                    (double norm, double quantized, double residual) = Norms(v, q, row.Scale);
                    if (!double.IsFinite(norm))
                    {
                        Assert.Equal(Int8Row.Unbounded, row);
                        continue;
                    }

                    Assert.True(row.Norm >= norm && row.QuantizedNorm >= quantized && row.Residual >= residual, $"depth {depth}, row {i}: {row}");
                    AssertLimits(q, budget, isLatent);
                    if (!adversarial)
                    {
                        // Sums of depth terms in float32 are inflated by depth · 2^-23 before the root.
                        double close = 1 + (depth * Math.ScaleB(1, -23));
                        Assert.True(row.Norm <= norm * close && row.QuantizedNorm <= quantized * close && row.Residual <= residual * (close + 1e-3));
                        Assert.InRange(residual / norm, 0, 0.02);
                    }
                }
            }
        }
    }

    [Fact]
    public void The_difference_between_a_product_and_its_integers_never_exceeds_the_bound()
    {
        RandomSource random = new(2, "test");
        foreach (int depth in new[] { 32, 256, 768 })
        {
            double used = 0;
            foreach (bool adversarial in new[] { false, true })
            {
                using Matrix x = adversarial ? ScreenSupport.Adversarial(60, depth, random) : ScreenSupport.Normal(60, depth, random);
                using Matrix w = adversarial ? ScreenSupport.Adversarial(60, depth, random) : ScreenSupport.Normal(60, depth, random);
                int[] qx = new int[depth / 4], qw = new int[depth / 4];
                for (int t = 0; t < x.Rows; t++)
                {
                    Int8Row a = Int8Quantizer.Quantize(x.Row(t), Int8Layout.TokenBudget, boundsPairs: false, qx);
                    for (int l = 0; l < w.Rows; l++)
                    {
                        Int8Row b = Int8Quantizer.Quantize(w.Row(l), Int8Layout.WeightBudget, boundsPairs: true, qw);
                        double bound = ((double)a.Residual * b.Norm) + ((double)a.QuantizedNorm * b.Residual)
                            + (ScreenBound.RoundingFactor(depth) * Math.Max(a.Norm, a.QuantizedNorm) * Math.Max(b.Norm, b.QuantizedNorm)) + Math.ScaleB(1, -120);
                        double difference = Math.Abs(ExactPairs.Chain(x.Row(t), w.Row(l), 0) - ((double)a.Scale * b.Scale * Integers(qx, qw)));
                        Assert.False(difference > bound, $"depth {depth}, {t}, {l}: {difference} > {bound}");
                        used = adversarial ? used : Math.Max(used, difference / bound);
                    }
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"depth {depth}: at most {used:P1} of the bound is used on normally distributed vectors");
        }
    }

    [Fact]
    public void The_fast_tile_equals_the_plain_one_at_the_limits_of_every_range()
    {
        RandomSource random = new(3, "test");
        foreach (int depth in new[] { 1, 32, 33, 256, 768, 2304 })
        {
            int groups = Int8Layout.Groups(depth);
            int words = groups * Int8Layout.Words;
            for (int repeat = 0; repeat < 20; repeat++)
            {
                using Matrix x = repeat % 2 == 0 ? ScreenSupport.Extreme(Int8Tile.Tokens, depth, random) : ScreenSupport.Normal(Int8Tile.Tokens, depth, random);
                using Matrix w = repeat % 3 == 0 ? ScreenSupport.Normal(Int8Tile.Latents, depth, random) : ScreenSupport.Extreme(Int8Tile.Latents, depth, random);
                using WorkTeam team = new(1);
                using Int8Weights latents = new();
                latents.Quantize(team, w, new float[Int8Tile.Latents], new float[Int8Tile.Latents], []);
                using Int8Tokens tokens = new();
                tokens.Pack(x, 0, x.Rows, []);
                int[] fast = new int[Int8Tile.Latents * Int8Tile.Tokens], plain = new int[fast.Length];
                Int8Tile.Compute(groups, latents.Words(0), latents.Offsets(0), tokens.Panel(0), fast);
                Int8Tile.Plain(groups, latents.Words(0), tokens.Panel(0), plain);
                Assert.Equal(plain, fast);
                Assert.Equal(words * Int8Tile.Latents, latents.Words(0).Length);
            }
        }
    }

    [Fact]
    public void Single_pairs_are_the_plain_chain_for_every_length()
    {
        RandomSource random = new(4, "test");
        for (int depth = 0; depth <= 256; depth++)
        {
            using Matrix x = ScreenSupport.Normal(20, depth, random);
            using Matrix w = ScreenSupport.Normal(30, depth, random);
            float[] bias = ScreenSupport.Normal(1, 30, random).Span.ToArray();
            int[] tokens = new int[ExactPairs.Count], latents = new int[ExactPairs.Count];
            for (int i = 0; i < tokens.Length; i++)
            {
                (tokens[i], latents[i]) = (random.NextInt(20), random.NextInt(30));
            }

            float[] values = new float[ExactPairs.Count];
            ExactPairs.Compute(x, w, bias, tokens, latents, values);
            for (int i = 0; i < tokens.Length; i++)
            {
                Assert.Equal(ExactPairs.Chain(x.Row(tokens[i]), w.Row(latents[i]), 0) + bias[latents[i]], values[i]);
            }
        }
    }

    private static int Byte(ReadOnlySpan<int> q, int k)
    {
        int position = 0;
        while (Int8Layout.Index(position) != k % Int8Layout.Group)
        {
            position++;
        }

        return (sbyte)(q[(k / Int8Layout.Group * Int8Layout.Words) + (position / 4)] >> (8 * (position % 4)));
    }

    private static (double Norm, double Quantized, double Residual) Norms(ReadOnlySpan<float> v, ReadOnlySpan<int> q, float scale)
    {
        double norm = 0, quantized = 0, residual = 0;
        for (int k = 0; k < v.Length; k++)
        {
            double whole = (double)scale * Byte(q, k);
            norm += (double)v[k] * v[k];
            quantized += whole * whole;
            residual += (v[k] - whole) * (v[k] - whole);
        }

        return norm > Math.ScaleB(1, 120) ? (double.PositiveInfinity, 0, 0) : (Math.Sqrt(norm), Math.Sqrt(quantized), Math.Sqrt(residual));
    }

    private static void AssertLimits(ReadOnlySpan<int> q, float budget, bool isLatent)
    {
        for (int group = 0; group < q.Length / Int8Layout.Words; group++)
        {
            double[] squares = [0, 0];
            foreach (int word in q.Slice(group * Int8Layout.Words, Int8Layout.Words))
            {
                int[] bytes = [(sbyte)word, (sbyte)(word >> 8), (sbyte)(word >> 16), (sbyte)(word >> 24)];
                Assert.DoesNotContain(-128, bytes);
                Assert.True(!isLatent || (Math.Abs(bytes[0]) + Math.Abs(bytes[1]) <= 128 && Math.Abs(bytes[2]) + Math.Abs(bytes[3]) <= 128));
                squares[0] += (bytes[0] * bytes[0]) + (bytes[1] * bytes[1]);
                squares[1] += (bytes[2] * bytes[2]) + (bytes[3] * bytes[3]);
            }

            Assert.True(Math.Sqrt(Math.Max(squares[0], squares[1])) <= budget);
        }
    }

    private static long Integers(ReadOnlySpan<int> x, ReadOnlySpan<int> w)
    {
        long sum = 0;
        for (int word = 0; word < x.Length; word++)
        {
            for (int part = 0; part < 32; part += 8)
            {
                sum += (sbyte)(x[word] >> part) * (sbyte)(w[word] >> part);
            }
        }

        return sum;
    }
}
