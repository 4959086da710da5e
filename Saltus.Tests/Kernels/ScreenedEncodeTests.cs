using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

public class ScreenedEncodeTests
{
    private static readonly (int Tokens, int Latents, int Depth)[] s_shapes =
    [
        (1, 1, 1), (3, 7, 5), (16, 6, 8), (17, 13, 33), (100, 50, 20), (613, 97, 40), (300, 500, 77), (70, 1000, 256), (33, 200, 769), (5, 30, 2304),
    ];

    [Fact]
    public void The_result_is_that_of_the_float_kernel_bit_for_bit_for_every_shape_and_number_of_threads()
    {
        RandomSource random = new(5, "test");
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkTeam team = new(threads);
            foreach ((int tokens, int latents, int depth) in s_shapes)
            {
                using Matrix x = ScreenSupport.Normal(tokens, depth, random);
                using Matrix w = ScreenSupport.Normal(latents, depth, random);
                float[] bias = ScreenSupport.Normal(1, latents, random).Span.ToArray();
                foreach (double deviations in new[] { -1.0, 0, 1.5, 3 })
                {
                    float[] floors = new float[latents];
                    floors.AsSpan().Fill((float)(deviations * Math.Sqrt(depth)));
                    ScreenSupport.AssertSame(team, x, w, bias, floors, $"[{tokens}, {depth}] × [{latents}, {depth}]ᵀ, {deviations} σ, {threads} threads");
                }
            }
        }
    }

    [Fact]
    public void Vectors_of_every_adversarial_kind_give_the_same_bits()
    {
        RandomSource random = new(6, "test");
        using WorkTeam team = new(2);
        foreach (int depth in new[] { 1, 7, 32, 100, 256 })
        {
            using Matrix x = ScreenSupport.Adversarial(90, depth, random);
            using Matrix w = ScreenSupport.Adversarial(130, depth, random);
            float[] bias = new float[w.Rows];
            float[] floors = new float[w.Rows];
            float[] special = [0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -float.MaxValue, float.Epsilon, 1e-30f, -1e20f];
            for (int i = 0; i < w.Rows; i++)
            {
                bias[i] = random.NextInt(3) > 0 ? (float)(random.NextDouble() - 0.5) : special[random.NextInt(special.Length)];
                floors[i] = random.NextInt(3) > 0 ? (float)(4 * random.NextDouble()) : special[random.NextInt(special.Length)];
            }

            ScreenSupport.AssertSame(team, x, w, bias, floors, $"depth {depth}");
        }
    }

    [Fact]
    public void A_value_one_step_above_its_floor_is_kept_and_one_equal_to_it_is_not()
    {
        RandomSource random = new(7, "test");
        using WorkTeam team = new(1);
        foreach (int depth in new[] { 1, 31, 256, 768 })
        {
            foreach (bool adversarial in new[] { false, true })
            {
                using Matrix x = adversarial ? ScreenSupport.Adversarial(40, depth, random) : ScreenSupport.Normal(40, depth, random);
                using Matrix w = adversarial ? ScreenSupport.Adversarial(60, depth, random) : ScreenSupport.Normal(60, depth, random);
                float[] bias = ScreenSupport.Normal(1, w.Rows, random).Span.ToArray();
                float[] floors = new float[w.Rows];
                using ScreenedEncode kernel = new() { Mode = ScreenMode.Always };
                SparseActivations result = new(w.Rows);
                for (int token = 0; token < x.Rows; token++)
                {
                    List<int> expected = [];
                    for (int latent = 0; latent < w.Rows; latent++)
                    {
                        float value = ExactPairs.Chain(x.Row(token), w.Row(latent), 0) + bias[latent];
                        bool above = latent % 2 == 0 && float.IsFinite(value);
                        floors[latent] = above ? MathF.BitDecrement(value) : value;
                        if (above)
                        {
                            expected.Add(latent);
                        }
                    }

                    kernel.Encode(team, x, w, bias, floors, result);
                    Assert.Equal(expected, result.LatentsOf(token).ToArray());
                }
            }
        }
    }

    [Fact]
    public void Columns_that_are_much_larger_than_the_others_stay_in_float_and_leave_few_candidates()
    {
        RandomSource random = new(8, "test");
        using WorkTeam team = new(2);
        using Matrix x = ScreenSupport.Normal(400, 256, random);
        using Matrix w = ScreenSupport.Normal(600, 256, random);
        for (int token = 0; token < x.Rows; token++)
        {
            x.Row(token)[17] *= 100;
            x.Row(token)[200] *= 40;
        }

        for (int latent = 0; latent < w.Rows; latent++)
        {
            w.Row(latent)[17] *= 0.01f;
            w.Row(latent)[200] *= 0.02f;
        }

        float[] floors = new float[w.Rows];
        floors.AsSpan().Fill(48);
        long candidates = ScreenSupport.AssertSame(team, x, w, new float[w.Rows], floors, "outlying columns");

        // 48 is three standard deviations: 0.13 % of the pairs; the scale of the two columns alone would leave nearly all.
        Assert.InRange(candidates, 1, x.Rows * w.Rows / 50);
    }

    [Fact]
    public void Automatic_screening_is_left_off_without_floors_pauses_where_it_does_not_pay_and_comes_back()
    {
        RandomSource random = new(9, "test");
        using WorkTeam team = new(2);
        using Matrix x = ScreenSupport.Normal(256, 64, random);
        using Matrix w = ScreenSupport.Normal(512, 64, random);
        float[] bias = new float[w.Rows];
        float[] floors = new float[w.Rows];
        using ScreenedEncode kernel = new();
        SparseActivations result = new(w.Rows);
        List<bool> screened = [];
        foreach (float floor in new[] { float.NegativeInfinity, 30, -1, -1, -1, -1, 30, 30, 30 })
        {
            floors.AsSpan().Fill(floor);
            kernel.Encode(team, x, w, bias, floors, result);
            screened.Add(kernel.Screened);
        }

        // A processor without the integer instructions never screens of its own accord.
        bool can = Int8Tile.IsAccelerated;
        Assert.Equal([false, can, can, false, can, false, false, can, can], screened);
    }

    [Fact]
    public void Nothing_is_allocated_once_the_buffers_have_grown()
    {
        RandomSource random = new(10, "test");
        using WorkTeam team = new(1);
        using Matrix x = ScreenSupport.Normal(300, 96, random);
        using Matrix w = ScreenSupport.Normal(700, 96, random);
        float[] bias = new float[w.Rows];
        float[] floors = new float[w.Rows];
        floors.AsSpan().Fill(20);
        using ScreenedEncode kernel = new() { Mode = ScreenMode.Always };
        SparseActivations result = new(w.Rows);
        kernel.Encode(team, x, w, bias, floors, result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5; i++)
        {
            kernel.Encode(team, x, w, bias, floors, result);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
