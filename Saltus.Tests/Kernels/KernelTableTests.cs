using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

/// <summary>The variants of each line of the table against one another: every length, equal bits.</summary>
[Collection(KernelSwitch.Name)]
public class KernelTableTests
{
    private const int LongestLength = 256;

    // The screen's kernels have shapes of their own: ScreenBoundTests and ScreenedEncodeTests hold them against their plain loops.
    private static readonly string[] s_heldElsewhere = [nameof(Int8Tile), nameof(ExactPairs)];

    [Fact]
    public void Every_kernel_of_the_table_has_the_bits_of_its_plain_loop_at_every_length()
    {
        Dictionary<string, Func<RandomSource, int, float[]>> kernels = new()
        {
            [nameof(ProductTile)] = Product,
            [nameof(Reductions)] = (random, length) => [Reductions.Dot(Values(random, length), Values(random, length)), (float)Reductions.SumOfSquaresInDouble(Values(random, length))],
            [nameof(Axpy)] = (random, length) =>
            {
                float[] y = Values(random, length);
                Axpy.Add(0.3f, Values(random, length), y);
                return y;
            },
            [nameof(SparseDecode)] = Decode,
            [nameof(Adam)] = Optimise,
        };
        Assert.Equal(KernelTable.Entries.Select(entry => entry.Kernel).Except(s_heldElsewhere).Order(), kernels.Keys.Order());
        Dictionary<string, float[]> plain = [];
        KernelSwitch.ForEach(variant =>
        {
            foreach ((string name, Func<RandomSource, int, float[]> kernel) in kernels)
            {
                for (int length = 0; length <= LongestLength; length++)
                {
                    float[] values = kernel(new RandomSource(length, name), length);
                    string key = $"{name}, length {length}";
                    if (variant == KernelVariant.Plain)
                    {
                        plain.Add(key, values);
                    }

                    Assert.True(plain[key].Select(BitConverter.SingleToInt32Bits).SequenceEqual(values.Select(BitConverter.SingleToInt32Bits)), $"{key}: {variant}");
                }
            }
        });
    }

    [Fact]
    public void A_variant_that_the_processor_does_not_have_is_refused()
    {
        if (!KernelTable.Supported.Contains(KernelVariant.Vector512))
        {
            Assert.Throws<ArgumentException>(() => KernelTable.Force(KernelVariant.Vector512));
        }

        Assert.Null(KernelTable.Forced);
        Assert.Equal(KernelTable.Supported[^1], KernelTable.Tile.Variant);
    }

    [Fact]
    public void Packing_moves_every_value_to_its_place_whatever_the_shape()
    {
        RandomSource random = new(1, "packing");
        KernelSwitch.ForEach(_ =>
        {
            for (int rows = 0; rows <= 9; rows++)
            {
                for (int depth = 0; depth <= 35; depth++)
                {
                    float[] from = Values(random, (rows * (depth + 2)) + 1);
                    float[] to = new float[(depth * 11) + 1];
                    PanelPacking.Transpose(rows, depth, from, depth + 2, to, 11);
                    for (int at = 0; at < to.Length; at++)
                    {
                        (int k, int j) = (at / 11, at % 11);
                        Assert.Equal(k < depth && j < rows ? from[(j * (depth + 2)) + k] : 0, to[at]);
                    }
                }
            }
        });
    }

    private static float[] Product(RandomSource random, int length)
    {
        float[] c = new float[3 * 7];
        MatMul.MultiplyBlock(3, 7, length, Values(random, 3 * length), length, Values(random, 7 * length), length, c, 7);
        return c;
    }

    private static float[] Decode(RandomSource random, int length)
    {
        using Matrix weights = MatMulTests.Draw(20, length, random);
        float[] output = Values(random, length);
        SparseDecode.Row([1, 2, 5, 7, 8, 12, 19], Values(random, 7), weights, Values(random, length), output);
        SparseDecode.AddSlice([0, 3, 4, 6, 11, 13, 18], Values(random, 7), weights, length / 3, output.AsSpan(length / 3, length / 3));
        return output;
    }

    private static float[] Optimise(RandomSource random, int length)
    {
        float[] first = Values(random, length);
        float[] second = Array.ConvertAll(Values(random, length), Math.Abs);
        float[] parameters = Values(random, length);
        AdamStep step = new(0.01, 0.9, 0.999, 1e-8, 3, 0.7);
        Adam.Update(step, 0.99f, Values(random, length), first, second, parameters);
        Adam.Update(step, 1, Values(random, length), [], second, parameters);
        return [.. first, .. second, .. parameters];
    }

    private static float[] Values(RandomSource random, int count)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)(random.NextDouble() - 0.5);
        }

        return values;
    }
}
