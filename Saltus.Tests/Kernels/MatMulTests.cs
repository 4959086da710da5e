using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

public class MatMulTests
{
    [Fact]
    public void Every_odd_shape_equals_the_plain_chain_bit_for_bit_on_any_number_of_threads()
    {
        RandomSource random = new(1, "test");
        int[] sizes = [1, 2, 5, 6, 7, 13, 16, 17, 33, 64, 100];
        foreach (int threads in new[] { 1, 2, 5 })
        {
            using WorkTeam team = new(threads);
            foreach (int tokens in sizes)
            {
                foreach (int outputs in sizes)
                {
                    int depth = 1 + random.NextInt(70);
                    using Matrix x = Draw(tokens, depth, random);
                    using Matrix w = Draw(outputs, depth, random);
                    using Matrix y = new(tokens, outputs);
                    MatMul.Multiply(team, x, new MatrixRows(w), y);
                    AssertPlain(x, w, y, $"[{tokens}, {depth}] × [{outputs}, {depth}]ᵀ on {threads}");
                }
            }
        }
    }

    [Fact]
    public void A_large_product_cut_into_many_items_equals_the_plain_chain()
    {
        RandomSource random = new(2, "test");
        using WorkTeam team = new(3);
        using Matrix x = Draw(413, 770, random);
        using Matrix w = Draw(517, 770, random);
        using Matrix y = new(413, 517);
        MatMul.Multiply(team, x, new MatrixRows(w), y);
        AssertPlain(x, w, y, "large");
    }

    [Fact]
    public void Blocks_with_strides_leave_what_lies_between_untouched()
    {
        RandomSource random = new(3, "test");
        using Matrix a = Draw(11, 20, random);
        using Matrix b = Draw(19, 20, random);
        using Matrix bt = b.Transpose();
        float[] c = new float[11 * 25];
        float[] byRows = new float[11 * 25];
        c.AsSpan().Fill(7);
        byRows.AsSpan().Fill(7);
        MatMul.MultiplyBlock(11, 19, 20, a.Span, 20, b.Span, 20, c, 25);
        MatMul.MultiplyBlockByRows(11, 19, 20, a.Span, 20, bt.Span, 19, byRows, 25);
        for (int i = 0; i < 11; i++)
        {
            for (int j = 0; j < 25; j++)
            {
                float expected = j < 19 ? Chain(a.Row(i), b.Row(j)) : 7;
                Assert.Equal(expected, c[(i * 25) + j]);
                Assert.Equal(expected, byRows[(i * 25) + j]);
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using WorkTeam team = new(1);
        using Matrix x = new(2, 3);
        using Matrix w = new(4, 5);
        using Matrix y = new(2, 4);
        Assert.Throws<ArgumentException>(() => MatMul.Multiply(team, x, new MatrixRows(w), y));
    }

    internal static Matrix Draw(int rows, int columns, RandomSource random)
    {
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)(random.NextDouble() - 0.5);
        }

        return matrix;
    }

    internal static float Chain(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum = float.FusedMultiplyAdd(a[k], b[k], sum);
        }

        return sum;
    }

    private static void AssertPlain(Matrix x, Matrix w, Matrix y, string what)
    {
        for (int t = 0; t < x.Rows; t++)
        {
            for (int n = 0; n < w.Rows; n++)
            {
                float expected = Chain(x.Row(t), w.Row(n));
                Assert.True(expected == y.Row(t)[n], $"{what}: element [{t}, {n}] is {y.Row(t)[n]:R}, expected {expected:R}");
            }
        }
    }
}
