using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// One attention layer of a temporal SAE, over codes: queries of the codes themselves, keys and values of the codes one position before
/// (zeros in front of the first); softmax(q·kᵀ/√w)·v of each head of width w, causal; then a projection. All four maps are linear with a bias.
/// </summary>
public sealed class TemporalAttention : IDisposable
{
    private readonly (Matrix Weight, float[] Bias) _query;
    private readonly (Matrix Weight, float[] Bias) _key;
    private readonly (Matrix Weight, float[] Bias) _value;
    private readonly (Matrix Weight, float[] Bias) _output;

    /// <summary>Takes over the given weights.</summary>
    /// <param name="query">[M / bottleneck, M] and its bias.</param>
    /// <param name="key">As the query's.</param>
    /// <param name="value">[M, M] and its bias.</param>
    /// <param name="output">[M, M] and its bias.</param>
    public TemporalAttention((Matrix Weight, float[] Bias) query, (Matrix Weight, float[] Bias) key, (Matrix Weight, float[] Bias) value, (Matrix Weight, float[] Bias) output) =>
        (_query, _key, _value, _output) = (query, key, value, output);

    /// <summary>Gets the maps under the names that files have for them.</summary>
    internal IReadOnlyList<(string Name, TemporalMap Map)> Maps =>
    [
        ("q_target", new TemporalMap(_query.Weight, _query.Bias)),
        ("k_ctx", new TemporalMap(_key.Weight, _key.Bias)),
        ("v_ctx", new TemporalMap(_value.Weight, _value.Bias)),
        ("c_proj", new TemporalMap(_output.Weight, _output.Bias)),
    ];

    /// <summary>Gets the width of queries and keys, all heads together.</summary>
    public int QueryWidth => _query.Weight.Rows;

    /// <summary>Computes predicted codes before their rectifier.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="codes">[B, M], sequence after sequence.</param>
    /// <param name="lengths">Vectors of each sequence; they add up to B.</param>
    /// <param name="heads">Number of heads.</param>
    /// <returns>[B, M]; the caller disposes it.</returns>
    public Matrix Predict(WorkTeam team, Matrix codes, int[] lengths, int heads)
    {
        using Matrix before = Shift(codes, lengths);
        using Matrix queries = Linear(team, codes, _query);
        using Matrix keys = Linear(team, before, _key);
        using Matrix values = Linear(team, before, _value);
        using Matrix mixed = new(codes.Rows, values.Columns);
        int[] starts = new int[lengths.Length];
        for (int i = 1; i < lengths.Length; i++)
        {
            starts[i] = starts[i - 1] + lengths[i - 1];
        }

        team.Run(lengths.Length * heads, item => Attend(queries, keys, values, mixed, starts[item / heads], lengths[item / heads], item % heads, heads));
        return Linear(team, mixed, _output);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _query.Weight.Dispose();
        _key.Weight.Dispose();
        _value.Weight.Dispose();
        _output.Weight.Dispose();
    }

    private static Matrix Shift(Matrix codes, int[] lengths)
    {
        Matrix result = new(codes.Rows, codes.Columns);
        int start = 0;
        foreach (int length in lengths)
        {
            for (int row = start + 1; row < start + length; row++)
            {
                codes.Row(row - 1).CopyTo(result.Row(row));
            }

            start += length;
        }

        return result;
    }

    private static Matrix Linear(WorkTeam team, Matrix x, (Matrix Weight, float[] Bias) map)
    {
        Matrix result = new(x.Rows, map.Weight.Rows);
        MatMul.Multiply(team, x, new MatrixRows(map.Weight), result);
        team.Run(x.Rows, row => TensorPrimitives.Add(result.Row(row), map.Bias, result.Row(row)));
        return result;
    }

    private static void Attend(Matrix queries, Matrix keys, Matrix values, Matrix mixed, int start, int length, int head, int heads)
    {
        int width = queries.Columns / heads;
        int valueWidth = values.Columns / heads;
        float scale = 1 / MathF.Sqrt(width);
        float[] weights = new float[length];
        for (int position = 0; position < length; position++)
        {
            Span<float> seen = weights.AsSpan(0, position + 1);
            ReadOnlySpan<float> query = queries.Row(start + position).Slice(head * width, width);
            for (int j = 0; j < seen.Length; j++)
            {
                seen[j] = scale * Reductions.Dot(query, keys.Row(start + j).Slice(head * width, width));
            }

            Elementary.ExpOfDifference(seen, Reductions.Max(seen), seen);
            float sum = Reductions.Sum(seen);
            Span<float> target = mixed.Row(start + position).Slice(head * valueWidth, valueWidth);
            for (int j = 0; j < seen.Length; j++)
            {
                Axpy.Add(seen[j] / sum, values.Row(start + j).Slice(head * valueWidth, valueWidth), target);
            }
        }
    }
}
