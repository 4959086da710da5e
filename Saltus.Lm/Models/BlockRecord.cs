using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// What a block computes on its way and overwrites, kept for its backward pass; everything else is still in the buffers when the block
/// is done. Grows with the largest batch.
/// </summary>
internal sealed class BlockRecord : IDisposable
{
    private Matrix? _projections;
    private Matrix? _attentionProduct;
    private Matrix? _mid;
    private Matrix? _mlpProduct;

    /// <summary>Queries, keys and values as the product made them: before bias, norm and rotation.</summary>
    public Matrix Projections => _projections!;

    /// <summary>The output projection's product, before bias and post-norm.</summary>
    public Matrix AttentionProduct => _attentionProduct!;

    /// <summary>The residual that the MLP's norm reads.</summary>
    public Matrix Mid => _mid!;

    /// <summary>The MLP's second product, before bias and post-norm.</summary>
    public Matrix MlpProduct => _mlpProduct!;

    public void KeepProjections(Matrix source) => Keep(ref _projections, source);

    public void KeepAttentionProduct(Matrix source) => Keep(ref _attentionProduct, source);

    public void KeepMid(Matrix source) => Keep(ref _mid, source);

    public void KeepMlpProduct(Matrix source) => Keep(ref _mlpProduct, source);

    /// <inheritdoc/>
    public void Dispose()
    {
        _projections?.Dispose();
        _attentionProduct?.Dispose();
        _mid?.Dispose();
        _mlpProduct?.Dispose();
    }

    private static void Keep(ref Matrix? target, Matrix source)
    {
        if (target is null || target.Rows < source.Rows || target.Columns != source.Columns)
        {
            target?.Dispose();
            target = new Matrix(source.Rows, source.Columns);
        }

        for (int row = 0; row < source.Rows; row++)
        {
            source.Row(row).CopyTo(target.Row(row));
        }
    }
}
