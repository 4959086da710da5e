using System.Numerics;
using System.Runtime.InteropServices;
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
        Add(latents, values, weights, output);
    }

    /// <summary>
    /// Adds rows of a matrix, each by its factor: x̂ += Σ_i values[i] · W[latents[i]], in the order given. While four rows are added, the
    /// next four are fetched: rows lie anywhere, and a processor does not guess where the next one starts.
    /// </summary>
    /// <param name="latents">Indices of rows.</param>
    /// <param name="values">Their factors.</param>
    /// <param name="weights">W, [M, d].</param>
    /// <param name="output">x̂, [d]; changed in place; must not overlap the others.</param>
    public static void Add(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, Matrix weights, Span<float> output) =>
        Add(latents, values, weights, column: 0, output, fetches: true);

    /// <summary>As <see cref="Add(ReadOnlySpan{int}, ReadOnlySpan{float}, Matrix, Span{float})"/>, of some columns of rows that lie in a cache already.</summary>
    /// <param name="latents">Indices of rows.</param>
    /// <param name="values">Their factors.</param>
    /// <param name="weights">W, [M, d].</param>
    /// <param name="column">The first column.</param>
    /// <param name="output">As many columns as are added; changed in place; must not overlap the others.</param>
    internal static void AddSlice(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, Matrix weights, int column, Span<float> output) =>
        Add(latents, values, weights, column, output, fetches: false);

    private static void Add(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, Matrix weights, int column, Span<float> output, bool fetches)
    {
        if (KernelTable.IsPlain)
        {
            AddPlain(latents, values, weights, column, output);
            return;
        }

        int count = output.Length;
        int i = 0;
        for (; i + 4 <= latents.Length; i += 4)
        {
            for (int next = i + 4; fetches && next < Math.Min(i + 8, latents.Length); next++)
            {
                Prefetch.Row(weights.Row(latents[next]).Slice(column, count));
            }

            Add4(
                weights.Row(latents[i])[column..], weights.Row(latents[i + 1])[column..], weights.Row(latents[i + 2])[column..],
                weights.Row(latents[i + 3])[column..], values.Slice(i, 4), output);
        }

        if (i + 2 <= latents.Length)
        {
            Add2(weights.Row(latents[i])[column..], weights.Row(latents[i + 1])[column..], values[i], values[i + 1], output);
            i += 2;
        }

        if (i < latents.Length)
        {
            Axpy.Add(values[i], weights.Row(latents[i]).Slice(column, count), output);
        }
    }

    private static void AddPlain(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, Matrix weights, int column, Span<float> output)
    {
        for (int i = 0; i < latents.Length; i++)
        {
            ReadOnlySpan<float> row = weights.Row(latents[i])[column..];
            for (int j = 0; j < output.Length; j++)
            {
                output[j] = float.FusedMultiplyAdd(values[i], row[j], output[j]);
            }
        }
    }

    private static void Add2(ReadOnlySpan<float> w0, ReadOnlySpan<float> w1, float f0, float f1, Span<float> output)
    {
        int lanes = Vector<float>.Count;
        ref float p0 = ref MemoryMarshal.GetReference(w0[..output.Length]);
        ref float p1 = ref MemoryMarshal.GetReference(w1[..output.Length]);
        ref float target = ref MemoryMarshal.GetReference(output);
        Vector<float> v0 = new(f0), v1 = new(f1);
        int whole = output.Length - lanes;
        int j = 0;
        for (; j <= whole; j += lanes)
        {
            nuint at = (nuint)j;
            Vector<float> sum = Vector.FusedMultiplyAdd(v0, Vector.LoadUnsafe(ref p0, at), Vector.LoadUnsafe(ref target, at));
            Vector.FusedMultiplyAdd(v1, Vector.LoadUnsafe(ref p1, at), sum).StoreUnsafe(ref target, at);
        }

        for (; j < output.Length; j++)
        {
            output[j] = float.FusedMultiplyAdd(f1, w1[j], float.FusedMultiplyAdd(f0, w0[j], output[j]));
        }
    }

    private static void Add4(
        ReadOnlySpan<float> w0, ReadOnlySpan<float> w1, ReadOnlySpan<float> w2, ReadOnlySpan<float> w3, ReadOnlySpan<float> f, Span<float> output)
    {
        int lanes = Vector<float>.Count;

        // The only bounds checks: the loop below reads exactly these ranges by reference.
        ref float p0 = ref MemoryMarshal.GetReference(w0[..output.Length]);
        ref float p1 = ref MemoryMarshal.GetReference(w1[..output.Length]);
        ref float p2 = ref MemoryMarshal.GetReference(w2[..output.Length]);
        ref float p3 = ref MemoryMarshal.GetReference(w3[..output.Length]);
        ref float target = ref MemoryMarshal.GetReference(output);
        float f0 = f[0], f1 = f[1], f2 = f[2], f3 = f[3];
        Vector<float> v0 = new(f0), v1 = new(f1), v2 = new(f2), v3 = new(f3);
        int whole = output.Length - lanes;
        int j = 0;
        for (; j <= whole; j += lanes)
        {
            nuint at = (nuint)j;
            Vector<float> sum = Vector.LoadUnsafe(ref target, at);
            sum = Vector.FusedMultiplyAdd(v0, Vector.LoadUnsafe(ref p0, at), sum);
            sum = Vector.FusedMultiplyAdd(v1, Vector.LoadUnsafe(ref p1, at), sum);
            sum = Vector.FusedMultiplyAdd(v2, Vector.LoadUnsafe(ref p2, at), sum);
            sum = Vector.FusedMultiplyAdd(v3, Vector.LoadUnsafe(ref p3, at), sum);
            sum.StoreUnsafe(ref target, at);
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
