using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

public class TransposedProductTests
{
    /// <summary>What the kernel says of itself: chains over slabs of so many rows, added in order.</summary>
    private const int SlabRows = 256;

    [Fact]
    public void Every_element_has_the_bits_of_the_plain_loop_on_any_number_of_threads()
    {
        foreach ((int tokens, int depth, int columns) in new[] { (1, 1, 1), (5, 7, 3), (6, 16, 16), (7, 256, 33), (13, 257, 31), (97, 700, 50), (2, 1025, 100) })
        {
            using Matrix x = Random(tokens, depth, 1);
            using Matrix w = Random(depth, columns, 2);
            using Matrix expected = Plain(x, w);
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using WorkTeam team = new(threads);
                using Matrix actual = new(tokens, columns);
                actual.Span.Fill(float.NaN);
                TransposedProduct.Multiply(team, x, new MatrixRows(w), actual);
                Assert.True(expected.Span.SequenceEqual(actual.Span), $"[{tokens}, {depth}] × [{depth}, {columns}], {threads} threads");
            }
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using WorkTeam team = new(1);
        using Matrix x = new(2, 3);
        using Matrix w = new(4, 5);
        using Matrix y = new(2, 5);
        Assert.Contains("[4, 5]", Assert.Throws<ArgumentException>(() => TransposedProduct.Multiply(team, x, new MatrixRows(w), y)).Message, StringComparison.Ordinal);
    }

    private static Matrix Plain(Matrix x, Matrix w)
    {
        Matrix y = new(x.Rows, w.Columns);
        for (int t = 0; t < x.Rows; t++)
        {
            for (int n = 0; n < w.Columns; n++)
            {
                float sum = 0;
                for (int first = 0; first < w.Rows; first += SlabRows)
                {
                    float chain = 0;
                    for (int k = first; k < Math.Min(w.Rows, first + SlabRows); k++)
                    {
                        chain = float.FusedMultiplyAdd(x.Row(t)[k], w.Row(k)[n], chain);
                    }

                    sum = first == 0 ? chain : sum + chain;
                }

                y.Row(t)[n] = sum;
            }
        }

        return y;
    }

    private static Matrix Random(int rows, int columns, long seed)
    {
        RandomSource random = new(seed, "transposed product");
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)(random.NextDouble() - 0.5);
        }

        return matrix;
    }
}
