using System.Numerics;

namespace Saltus.Kernels;

/// <summary>The definition of the product tile: one chain of fused multiply-adds over k from zero for each element.</summary>
internal sealed class PlainTile : ProductTile
{
    public PlainTile()
        : base(KernelVariant.Plain, rows: 3, columns: 2 * Vector<float>.Count)
    {
    }

    /// <inheritdoc/>
    public override void Compute(int depth, ReadOnlySpan<float> a, int strideA, ReadOnlySpan<float> panel, Span<float> c, int strideC)
    {
        for (int row = 0; row < Rows; row++)
        {
            ComputeRow(a.Slice(row * strideA, depth), panel, c.Slice(row * strideC, Columns));
        }
    }

    /// <inheritdoc/>
    protected override void ComputeRow(ReadOnlySpan<float> a, ReadOnlySpan<float> panel, Span<float> c)
    {
        for (int column = 0; column < Columns; column++)
        {
            float sum = 0;
            for (int k = 0; k < a.Length; k++)
            {
                sum = float.FusedMultiplyAdd(a[k], panel[(k * Columns) + column], sum);
            }

            c[column] = sum;
        }
    }
}
