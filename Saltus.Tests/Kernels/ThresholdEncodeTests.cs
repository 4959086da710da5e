using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

[Collection(KernelSwitch.Name)]
public class ThresholdEncodeTests
{
    [Fact]
    public void The_survivors_are_those_of_the_plain_product_for_every_shape_and_number_of_threads() => KernelSwitch.ForEach(variant =>
    {
        RandomSource random = new(5, "test");
        using ThresholdEncode kernel = new();
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkTeam team = new(threads);
            foreach ((int tokens, int latents, int depth) in new[] { (1, 1, 1), (3, 7, 5), (16, 6, 8), (17, 13, 33), (100, 50, 20), (613, 97, 40), (300, 2063, 9), (5, 3100, 3) })
            {
                using Matrix x = MatMulTests.Draw(tokens, depth, random);
                using Matrix w = MatMulTests.Draw(latents, depth, random);
                float[] bias = MatMulTests.Draw(1, latents, random).Span.ToArray();
                float[] floors = MatMulTests.Draw(1, latents, random).Span.ToArray();
                floors[0] = float.NegativeInfinity;
                SparseActivations result = new(latents);
                kernel.Encode(team, x, w, bias, floors, result);
                Assert.Equal(tokens, result.Rows);
                for (int t = 0; t < tokens; t++)
                {
                    List<int> expected = [];
                    List<float> values = [];
                    for (int i = 0; i < latents; i++)
                    {
                        float pre = MatMulTests.Chain(x.Row(t), w.Row(i)) + bias[i];
                        if (pre > floors[i])
                        {
                            expected.Add(i);
                            values.Add(pre);
                        }
                    }

                    Assert.Equal(expected, result.LatentsOf(t).ToArray());
                    Assert.Equal(values, result.ValuesOf(t).ToArray());
                }
            }
        }
    });

    [Fact]
    public void A_value_equal_to_its_floor_is_not_kept()
    {
        using WorkTeam team = new(1);
        using ThresholdEncode kernel = new();
        using Matrix x = Matrix.FromRows(1, 1, [2f]);
        using Matrix w = Matrix.FromRows(2, 1, [1f, 1f]);
        SparseActivations result = new(2);
        kernel.Encode(team, x, w, new float[2], new[] { 2f, 1.9999999f }, result);
        Assert.Equal([1], result.LatentsOf(0).ToArray());
    }
}
