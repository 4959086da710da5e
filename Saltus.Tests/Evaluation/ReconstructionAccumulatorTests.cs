using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Reports;
using Saltus.Tensors;
using Saltus.Tests.Support;

namespace Saltus.Tests.Evaluation;

public class ReconstructionAccumulatorTests
{
    [Fact]
    public void A_mean_far_larger_than_the_spread_costs_no_digits()
    {
        // x = 2^16 ± 1/8 exactly, x̂ = x + 1/16: the variance is 1/64 a dimension, the squared error 1/256.
        using WorkTeam team = new(1);
        using Matrix x = new(1000, 3);
        using Matrix y = new(1000, 3);
        using Matrix none = new(1000, 1);
        for (int row = 0; row < x.Rows; row++)
        {
            x.Row(row).Fill(65536 + (row % 2 == 0 ? 0.125f : -0.125f));
            y.Row(row).Fill(x.Row(row)[0] + 0.0625f);
        }

        ReconstructionAccumulator accumulator = new(3, 1);
        accumulator.Add(team, x, Sparse.FromDense(none, 0, 1000), y);
        ReconstructionMetrics result = accumulator.Result();
        Assert.Equal(0.25, result.Fvu, 9);
        Assert.Equal(1, result.ExplainedVarianceOfResidual, 9);
        Assert.Equal(3.0 / 256, result.MeanSquaredError, 12);
        Assert.Equal(0, result.L0);
        Assert.Equal(1, accumulator.Latents.Dead);
    }

    [Fact]
    public void A_zero_vector_counts_nothing_in_cosine_and_is_left_out_of_the_ratio_of_norms()
    {
        using WorkTeam team = new(1);
        using Matrix x = Matrix.FromRows(2, 2, [0, 0, 3, 4]);
        using Matrix y = Matrix.FromRows(2, 2, [1, 1, 6, 8]);
        using Matrix acts = Matrix.FromRows(2, 2, [0, 0, 1, -2]);
        ReconstructionAccumulator accumulator = new(2, 2);
        accumulator.Add(team, x, Sparse.FromDense(acts, 0, 2), y);
        ReconstructionMetrics result = accumulator.Result();
        Assert.Equal(0.5, result.Cosine, 15);
        Assert.Equal(2, result.NormRatio, 15);
        Assert.Equal(1.5, result.L1, 15);
        Assert.Equal(2, accumulator.LastBatch[1].Active);
        Assert.Equal(new float[] { 1, 0 }, accumulator.Latents.Maxima.ToArray());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_before_anything_is_counted()
    {
        using WorkTeam team = new(1);
        using Matrix x = new(2, 3);
        using Matrix narrow = new(2, 2);
        SparseActivations activations = new(4);
        activations.Shape([0, 0]);
        ReconstructionAccumulator accumulator = new(3, 4);
        Assert.Throws<ArgumentException>(() => accumulator.Add(team, x, activations, narrow));
        Assert.Throws<ArgumentException>(() => accumulator.Add(team, x, new SparseActivations(4), x));
        Assert.Throws<ArgumentException>(() => new ReconstructionAccumulator(3, 4, [1]));
        Assert.Equal(0, accumulator.Count);
    }

    [Fact]
    public void Frequencies_fall_into_the_bins_whose_edges_they_lie_on_or_above()
    {
        // 100 vectors; latents active on 0, 1, 10, 11 and 100 of them.
        int[] counts = [0, 1, 10, 11, 100];
        using Matrix acts = new(100, counts.Length);
        for (int row = 0; row < acts.Rows; row++)
        {
            for (int latent = 0; latent < counts.Length; latent++)
            {
                acts.Row(row)[latent] = row < counts[latent] ? 1 : 0;
            }
        }

        LatentCounter latents = new(counts.Length);
        latents.Add(Sparse.FromDense(acts, 0, 100));
        IReadOnlyList<HistogramBin> bins = latents.FrequencyHistogram();
        Assert.Equal(8, bins.Count);
        Assert.Equal(-2, bins[0].Low);
        Assert.Equal(0, bins[^1].High);
        Assert.Equal(new long[] { 1, 0, 0, 0, 2, 0, 0, 1 }, bins.Select(bin => bin.Count));
        Assert.Equal(1, latents.Dead);
        Assert.Equal(3, latents.Above(0.01));
        Assert.Equal(2, latents.Above(0.1));
    }
}
