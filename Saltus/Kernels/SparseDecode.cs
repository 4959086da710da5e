using System.Numerics;
using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// x̂ = f·W_dec + b_dec over the active latents of one vector. f: sparse [M]; W_dec [M, d] row-major; x̂ [d].
/// Called by decoding and by the training step. One fused multiply-add chain an element, latents ascending, started from the bias:
/// the same bits at every vector width.
/// </summary>
public static class SparseDecode
{
    /// <summary>Computes one row; four latents at a time while the row of x̂ stays in registers.</summary>
    /// <param name="latents">Active latents, ascending.</param>
    /// <param name="values">Their activations.</param>
    /// <param name="weights">W_dec, [M, d].</param>
    /// <param name="bias">b_dec, [d].</param>
    /// <param name="output">x̂, [d]; overwritten; must not overlap the others.</param>
    public static void Row(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, Matrix weights, ReadOnlySpan<float> bias, Span<float> output)
    {
        bias.CopyTo(output);
        int i = 0;
        for (; i + 4 <= latents.Length; i += 4)
        {
            Add4(
                weights.Row(latents[i]), weights.Row(latents[i + 1]), weights.Row(latents[i + 2]), weights.Row(latents[i + 3]),
                values.Slice(i, 4), output);
        }

        for (; i < latents.Length; i++)
        {
            Axpy.Add(values[i], weights.Row(latents[i]), output);
        }
    }

    private static void Add4(
        ReadOnlySpan<float> w0, ReadOnlySpan<float> w1, ReadOnlySpan<float> w2, ReadOnlySpan<float> w3, ReadOnlySpan<float> f, Span<float> output)
    {
        int lanes = Vector<float>.Count;
        float f0 = f[0], f1 = f[1], f2 = f[2], f3 = f[3];
        Vector<float> v0 = new(f0), v1 = new(f1), v2 = new(f2), v3 = new(f3);
        int j = 0;
        for (; j <= output.Length - lanes; j += lanes)
        {
            Vector<float> sum = new(output.Slice(j, lanes));
            sum = Vector.FusedMultiplyAdd(v0, new Vector<float>(w0.Slice(j, lanes)), sum);
            sum = Vector.FusedMultiplyAdd(v1, new Vector<float>(w1.Slice(j, lanes)), sum);
            sum = Vector.FusedMultiplyAdd(v2, new Vector<float>(w2.Slice(j, lanes)), sum);
            sum = Vector.FusedMultiplyAdd(v3, new Vector<float>(w3.Slice(j, lanes)), sum);
            sum.CopyTo(output.Slice(j, lanes));
        }

        for (; j < output.Length; j++)
        {
            float sum = float.FusedMultiplyAdd(f0, w0[j], output[j]);
            sum = float.FusedMultiplyAdd(f1, w1[j], sum);
            sum = float.FusedMultiplyAdd(f2, w2[j], sum);
            output[j] = float.FusedMultiplyAdd(f3, w3[j], sum);
        }
    }
}
