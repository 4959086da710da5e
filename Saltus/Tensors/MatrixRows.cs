using Saltus.Kernels;

namespace Saltus.Tensors;

/// <summary>A float32 matrix in memory as weight rows.</summary>
/// <param name="matrix">The rows; not copied.</param>
public sealed class MatrixRows(Matrix matrix) : IWeightRows
{
    /// <summary>Gets the matrix itself, so that kernels can read it in place.</summary>
    public Matrix Matrix { get; } = matrix;

    /// <inheritdoc/>
    public int Rows => Matrix.Rows;

    /// <inheritdoc/>
    public int Columns => Matrix.Columns;

    /// <inheritdoc/>
    public void ReadRows(int first, int count, Span<float> destination) => Matrix.RowRange(first, count).CopyTo(destination);
}
