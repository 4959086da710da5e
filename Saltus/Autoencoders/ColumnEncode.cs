using System.Numerics;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// π = x·W + b with π &gt; floor for an encoder W [d, M] that stays in its file: a stretch of latents at a time goes through the product,
/// whose packing reads the file once a call, and what survives is kept. x [B, d]; the bits are those of <see cref="ThresholdEncode"/>.
/// Called by encoding for inference. Memory: π of one stretch, [B, 1024]. Measured: Results of `saltus` benchmarks, "mapped-sae".
/// </summary>
internal static class ColumnEncode
{
    /// <summary>Latents of a stretch: enough items of work for a team, little memory.</summary>
    private const int Stretch = 1024;

    /// <summary>Computes the surviving entries.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="weights">W, [d, M].</param>
    /// <param name="bias">b, [M].</param>
    /// <param name="floors">The floor of each latent, [M]; strict.</param>
    /// <returns>Entries with π &gt; floor; an entry's value is π.</returns>
    public static SparseActivations Encode(WorkTeam team, Matrix x, Matrix weights, float[] bias, float[] floors)
    {
        int latents = weights.Columns;
        List<(int Latent, float Value)>[] kept = [.. Enumerable.Range(0, x.Rows).Select(_ => new List<(int, float)>())];
        using Matrix pre = new(x.Rows, Math.Min(Stretch, latents));
        for (int first = 0; first < latents; first += Stretch)
        {
            int count = Math.Min(Stretch, latents - first);
            int offset = first;
            using Matrix? last = count == pre.Columns ? null : new Matrix(x.Rows, count);
            Matrix scores = last ?? pre;
            MatMul.Multiply(team, x, new MatrixColumns(weights, first, count), scores);
            team.Run(x.Rows, row => Keep(scores.Row(row), bias.AsSpan(offset, count), floors.AsSpan(offset, count), offset, kept[row]));
        }

        SparseActivations result = new(latents);
        result.Shape(Array.ConvertAll(kept, row => row.Count));
        team.Run(x.Rows, row =>
        {
            Span<int> indices = result.MutableLatentsOf(row);
            Span<float> values = result.ValuesOf(row);
            for (int i = 0; i < indices.Length; i++)
            {
                (indices[i], values[i]) = kept[row][i];
            }
        });
        return result;
    }

    /// <summary>Lanes: latents. Most vectors of lanes have none above its floor, which one comparison finds out.</summary>
    private static void Keep(ReadOnlySpan<float> scores, ReadOnlySpan<float> bias, ReadOnlySpan<float> floors, int first, List<(int, float)> kept)
    {
        int j = 0;
        for (; j <= scores.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            Vector<float> values = new Vector<float>(scores[j..]) + new Vector<float>(bias[j..]);
            if (!Vector.GreaterThanAny(values, new Vector<float>(floors[j..])))
            {
                continue;
            }

            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                if (values[lane] > floors[j + lane])
                {
                    kept.Add((first + j + lane, values[lane]));
                }
            }
        }

        for (; j < scores.Length; j++)
        {
            if (scores[j] + bias[j] > floors[j])
            {
                kept.Add((first + j, scores[j] + bias[j]));
            }
        }
    }
}
