using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Tests.Models;

public class TokenLossesTests
{
    /// <summary>exp is rounded to float32 before it is summed: 2 units in the last place of the largest term.</summary>
    private const double Tolerance = 3e-7;

    [Fact]
    public void Losses_are_minus_the_log_softmax_of_the_next_token()
    {
        using WorkTeam team = new(2);
        TokenBatch batch = new([[0, 3, 1], [2], [4, 4]]);
        using Matrix logits = Random(6, 5, 4);
        double[] losses = new double[6];
        using Matrix lower = Matrix.FromRows(2, 5, logits.RowRange(4, 2));
        TokenLosses.Compute(team, batch, 0, logits, losses);
        double[] parts = [.. losses];
        TokenLosses.Compute(team, batch, 4, lower, parts);
        Assert.Equal(losses, parts);
        Assert.Equal(Exact(logits.Row(0), 3), losses[0], Tolerance);
        Assert.Equal(Exact(logits.Row(1), 1), losses[1], Tolerance);
        Assert.Equal(Exact(logits.Row(4), 4), losses[4], Tolerance);
        Assert.True(double.IsNaN(losses[2]) && double.IsNaN(losses[3]) && double.IsNaN(losses[5]), "the last token of a sequence predicts nothing");
    }

    [Fact]
    public void A_divergence_is_that_of_the_two_distributions()
    {
        using Matrix logits = Random(2, 1001, 9);
        double expected = 0;
        for (int id = 0; id < 1001; id++)
        {
            double p = Math.Exp(-Exact(logits.Row(0), id));
            expected += p * (Exact(logits.Row(1), id) - Exact(logits.Row(0), id));
        }

        Assert.Equal(expected, TokenLosses.Divergence(logits.Row(0), logits.Row(1)), 10 * Tolerance);
        Assert.Equal(0, TokenLosses.Divergence(logits.Row(0), logits.Row(0)), 1e-12);
        Assert.Throws<ArgumentException>(() => TokenLosses.Divergence(new float[3], new float[4]));
    }

    [Fact]
    public void Rows_outside_the_batch_are_refused()
    {
        using WorkTeam team = new(1);
        using Matrix logits = new(2, 5);
        Assert.Throws<ArgumentException>(() => TokenLosses.Compute(team, new TokenBatch([[1, 2]]), 1, logits, new double[2]));
    }

    private static Matrix Random(int rows, int columns, float scale)
    {
        RandomSource random = new(5, "logits");
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)((random.NextDouble() - 0.5) * scale);
        }

        return matrix;
    }

    private static double Exact(ReadOnlySpan<float> row, int id)
    {
        double sum = 0;
        foreach (float value in row)
        {
            sum += Math.Exp(value);
        }

        return Math.Log(sum) - row[id];
    }
}
