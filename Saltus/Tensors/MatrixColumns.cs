using Saltus.Kernels;
using Saltus.Training;

namespace Saltus.Tensors;

/// <summary>
/// The columns of a float32 matrix as weight rows: an encoder [d, M] that lies in a file, whose columns are latents. What is read is turned
/// on the way, and checked: a file's values are looked at for the first time there.
/// </summary>
/// <param name="matrix">[d, M]; not copied.</param>
/// <param name="first">Index of the first column.</param>
/// <param name="count">Number of columns.</param>
internal sealed class MatrixColumns(Matrix matrix, int first, int count) : IWeightRows
{
    /// <summary>Values that one call of the transposition reads across, so that offsets stay within 32 bits.</summary>
    private const long Reach = 1 << 30;

    public int Rows => count;

    public int Columns => matrix.Rows;

    public void ReadRows(int firstRow, int rows, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, count - rows);
        int depth = matrix.Rows;
        int column = first + firstRow;
        int step = (int)Math.Clamp(Reach / matrix.Columns, 1, depth);
        for (int k = 0; k < depth; k += step)
        {
            int part = Math.Min(step, depth - k);
            PanelPacking.Transpose(part, rows, matrix.RowRange(k, part)[column..], matrix.Columns, destination[k..], depth);
        }

        int found = FiniteValues.FindFirstBeyond(destination[..(rows * depth)], float.MaxValue);
        if (found >= 0)
        {
            throw new InputException(
                $"encoder weights in the mapped file: expected finite numbers, found {destination[found]} at input {found % depth} of latent {column + (found / depth)}; the file is damaged");
        }
    }
}
