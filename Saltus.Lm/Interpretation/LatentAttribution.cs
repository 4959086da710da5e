using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Which latents at which positions made a logit difference m: f·(∇ₓm·d), with d the latent's decoder direction and the gradient taken at
/// the SAE's target, or averaged along a line. The activation is taken apart into latents, the SAE's error and what it gives without latents.
/// </summary>
/// <param name="placed">The SAE in its model.</param>
public sealed class LatentAttribution(PlacedSae placed)
{
    /// <summary>Attributes.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="ids">The sequence.</param>
    /// <param name="counted">Which positions are encoded, [length].</param>
    /// <param name="difference">What is explained.</param>
    /// <param name="options">How.</param>
    /// <returns>The nodes.</returns>
    /// <exception cref="ArgumentException">The difference has no position, or one that the sequence lacks.</exception>
    public AttributionResult Run(WorkTeam team, int[] ids, bool[] counted, LogitDifference difference, AttributionOptions options)
    {
        options.Validate();
        if (difference.Rows.Length == 0 || difference.Rows.Any(position => position < 0 || position >= ids.Length))
        {
            throw new ArgumentException($"expected positions from 0 to {ids.Length - 1}, at least one", nameof(difference));
        }

        TokenBatch batch = new([ids]);
        int[] rows = [.. Enumerable.Range(0, ids.Length).Where(position => counted[position])];
        using SpliceVectors vectors = placed.Read(team, batch, rows);
        SparseActivations activations = placed.Encode(team, vectors.Inputs);
        using Matrix reconstruction = new(rows.Length, placed.Sae.OutputWidth);
        using Matrix bias = new(rows.Length, placed.Sae.OutputWidth);
        if (rows.Length > 0)
        {
            placed.Sae.Reconstruct(team, vectors.Inputs, activations, reconstruction);
            placed.Sae.Reconstruct(team, vectors.Inputs, Nothing(activations), bias);
        }

        bool isLine = options.Method == AttributionMethod.IntegratedGradients;
        double value = 0;
        using Matrix gradient = isLine
            ? MeanGradient(team, vectors, rows, bias, difference, options.Steps)
            : Gradient(team, vectors.Point, activation: null, difference, out value);
        PositionNode[] errors = new PositionNode[rows.Length];
        double fixedPart = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<float> g = gradient.Row(rows[i]);
            errors[i] = new PositionNode(rows[i], Reductions.DotInDouble(vectors.Targets.Row(i), g) - Reductions.DotInDouble(reconstruction.Row(i), g));
            fixedPart += Reductions.DotInDouble(bias.Row(i), g);
        }

        return new AttributionResult
        {
            Difference = isLine ? Value(team, vectors.Point, activation: null, difference) : value,
            Baseline = isLine ? Value(team, vectors.Point, OnLine(vectors, rows, bias, 0), difference) : null,
            Latents = Nodes(vectors.Inputs, activations, rows, gradient),
            Errors = errors,
            Kept = isLine
                ? []
                : [.. Enumerable.Range(0, ids.Length).Where(position => !counted[position])
                    .Select(position => new PositionNode(position, Reductions.DotInDouble(vectors.Point.Activation.Row(position), gradient.Row(position))))],
            Bias = isLine ? 0 : fixedPart,
        };
    }

    /// <summary>The gradient at the target, [tokens, d_out], and the difference itself, whose logits the backward pass computes anyway.</summary>
    private Matrix Gradient(WorkTeam team, ResumePoint point, Matrix? activation, LogitDifference difference, out double value)
    {
        using GradientTape tape = placed.Model.RecordFrom(team, point, activation);
        Matrix? result = null;
        Tap tap = new(placed.Target, (_, gradient) => result = gradient.Clone());
        double sum = 0;
        void Seed(TokenBatch batch, ReadOnlySpan<int> rows, Matrix logits, Matrix gradient)
        {
            for (int row = 0; row < rows.Length; row++)
            {
                sum += difference.Pair.Of(logits.Row(row));
            }

            difference.Seed(batch, rows, logits, gradient);
        }

        placed.Model.Backward(team, tape, Seed, new BackwardRun { Taps = [tap], Rows = difference.Rows });
        value = sum;
        return result!;
    }

    private Matrix MeanGradient(WorkTeam team, SpliceVectors vectors, int[] rows, Matrix bias, LogitDifference difference, int steps)
    {
        Matrix mean = new(vectors.Point.Activation.Rows, placed.Sae.OutputWidth);
        for (int step = 0; step < steps; step++)
        {
            using Matrix activation = OnLine(vectors, rows, bias, (step + 0.5f) / steps);
            using Matrix gradient = Gradient(team, vectors.Point, activation, difference, out _);
            for (int row = 0; row < mean.Rows; row++)
            {
                Axpy.Add(1f / steps, gradient.Row(row), mean.Row(row));
            }
        }

        return mean;
    }

    /// <summary>The activation with the counted rows at bias + share·(x − bias).</summary>
    private static Matrix OnLine(SpliceVectors vectors, int[] rows, Matrix bias, float share)
    {
        Matrix result = vectors.Point.Activation.Clone();
        for (int i = 0; i < rows.Length; i++)
        {
            Span<float> row = result.Row(rows[i]);
            ReadOnlySpan<float> start = bias.Row(i);
            for (int j = 0; j < row.Length; j++)
            {
                row[j] = start[j] + (share * (row[j] - start[j]));
            }
        }

        return result;
    }

    /// <summary>The logit difference from an activation; disposes it.</summary>
    private double Value(WorkTeam team, ResumePoint point, Matrix? activation, LogitDifference difference)
    {
        using Matrix? owned = activation;
        double result = 0;
        placed.Model.RunFrom(
            team, point, owned, new ModelRun { FinalNorm = (batch, final) => result = difference.Measure(team, placed.Model, batch, final)[0] });
        return result;
    }

    private static SparseActivations Nothing(SparseActivations like)
    {
        SparseActivations result = new(like.Latents);
        result.Shape(new int[like.Rows]);
        return result;
    }

    private LatentNode[] Nodes(Matrix inputs, SparseActivations activations, int[] rows, Matrix gradient)
    {
        LatentNode[] nodes = new LatentNode[activations.Count];
        int next = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<int> latents = activations.LatentsOf(i);
            ReadOnlySpan<float> values = activations.ValuesOf(i);
            double scale = placed.Sae.OutputScale(inputs.Row(i));
            for (int entry = 0; entry < latents.Length; entry++)
            {
                double effect = Reductions.DotInDouble(placed.Sae.DecoderWeights.Row(latents[entry]), gradient.Row(rows[i]));
                nodes[next++] = new LatentNode(rows[i], latents[entry], values[entry], values[entry] * scale * effect);
            }
        }

        return nodes;
    }
}
