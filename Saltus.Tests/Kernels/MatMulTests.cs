using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Kernels;

[Collection(KernelSwitch.Name)]
public class MatMulTests
{
    [Fact]
    public void Every_odd_shape_equals_the_plain_chain_bit_for_bit_on_any_number_of_threads() => KernelSwitch.ForEach(variant =>
    {
        RandomSource random = new(1, "test");
        int[] sizes = [1, 2, 5, 6, 7, 11, 12, 13, 16, 17, 31, 32, 33, 64, 100];
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
                    AssertPlain(x, w, y, $"{variant} [{tokens}, {depth}] × [{outputs}, {depth}]ᵀ on {threads}");
                }
            }
        }
    });

    [Fact]
    public void Every_length_of_the_sums_equals_the_plain_chain() => KernelSwitch.ForEach(variant =>
    {
        RandomSource random = new(4, "test");
        using WorkTeam team = new(1);
        for (int depth = 0; depth <= 256; depth++)
        {
            using Matrix x = Draw(13, depth, random);
            using Matrix w = Draw(35, depth, random);
            using Matrix y = new(13, 35);
            MatMul.Multiply(team, x, new MatrixRows(w), y);
            AssertPlain(x, w, y, $"{variant}, depth {depth}");
        }
    });

    [Fact]
    public void A_large_product_cut_into_many_items_equals_the_plain_chain() => KernelSwitch.ForEach(variant =>
    {
        RandomSource random = new(2, "test");
        using WorkTeam team = new(3);
        using Matrix x = Draw(413, 770, random);
        using Matrix w = Draw(517, 770, random);
        using Matrix y = new(413, 517);
        MatMul.Multiply(team, x, new MatrixRows(w), y);
        AssertPlain(x, w, y, $"{variant}, large");
    });

    [Fact]
    public void Weights_that_are_only_handed_out_by_copying_give_the_same_product()
    {
        RandomSource random = new(6, "test");
        using WorkTeam team = new(2);
        using Matrix x = Draw(21, 50, random);
        using Matrix w = Draw(45, 50, random);
        using Matrix y = new(21, 45);
        MatMul.Multiply(team, x, new CopiedRows(w), y);
        AssertPlain(x, w, y, "copied rows");
    }

    [Fact]
    public void Blocks_with_strides_leave_what_lies_between_untouched() => KernelSwitch.ForEach(_ =>
    {
        RandomSource random = new(3, "test");
        using Matrix a = Draw(14, 20, random);
        using Matrix b = Draw(39, 20, random);
        using Matrix bt = b.Transpose();
        float[] c = new float[14 * 45];
        float[] byRows = new float[14 * 45];
        c.AsSpan().Fill(7);
        byRows.AsSpan().Fill(7);
        MatMul.MultiplyBlock(14, 39, 20, a.Span, 20, b.Span, 20, c, 45);
        MatMul.MultiplyBlockByRows(14, 39, 20, a.Span, 20, bt.Span, 39, byRows, 45);
        for (int i = 0; i < 14; i++)
        {
            for (int j = 0; j < 45; j++)
            {
                float expected = j < 39 ? Chain(a.Row(i), b.Row(j)) : 7;
                Assert.Equal(expected, c[(i * 45) + j]);
                Assert.Equal(expected, byRows[(i * 45) + j]);
            }
        }
    });

    [Fact]
    public void Packed_panels_serve_any_number_of_rows() => KernelSwitch.ForEach(variant =>
    {
        RandomSource random = new(7, "test");
        using WorkTeam team = new(2);
        using PackedPanels rows = new();
        using PackedPanels transposed = new();
        foreach (int depth in new[] { 1, 3, 4, 5, 17, 40 })
        {
            using Matrix b = Draw(depth, 41, random);
            using Matrix bt = b.Transpose();
            rows.PackRows(team, b);
            transposed.PackTransposed(team, bt);
            foreach (int count in new[] { 1, 3, 11, 12, 13, 25 })
            {
                using Matrix a = Draw(count, depth, random);
                using Matrix c = new(count, 41);
                rows.Multiply(count, a.Span, c.Span);
                AssertPlain(a, bt, c, $"{variant}, rows");
                c.Span.Clear();
                transposed.Multiply(count, a.Span, c.Span);
                AssertPlain(a, bt, c, $"{variant}, transposed");
            }
        }
    });

    [Fact]
    public void A_tile_whose_destination_is_short_is_refused_before_anything_is_written() => KernelSwitch.ForEach(_ =>
    {
        ProductTile tile = KernelTable.Tile;
        float[] a = new float[tile.Rows * 8];
        float[] panel = new float[tile.Columns * 8];
        float[] c = new float[(tile.Rows * tile.Columns) - 1];
        c.AsSpan().Fill(7);
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.Compute(8, a, 8, panel, c, tile.Columns));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.Pack(8, tile.Columns, new float[tile.Columns * 8], 8, panel.AsSpan(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tile.Pack(8, tile.Columns, new float[(tile.Columns * 8) - 1], 8, panel));
        if (tile.Variant != KernelVariant.Plain)
        {
            Assert.All(c, value => Assert.Equal(7, value));
        }
    });

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

    /// <summary>A matrix handed out as a file's rows are: only by copying.</summary>
    private sealed class CopiedRows(Matrix matrix) : IWeightRows
    {
        public int Rows => matrix.Rows;

        public int Columns => matrix.Columns;

        public void ReadRows(int first, int count, Span<float> destination) => matrix.RowRange(first, count).CopyTo(destination);
    }
}
