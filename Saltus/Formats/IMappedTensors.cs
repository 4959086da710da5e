using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>A mapped file whose tensors can be used where they lie.</summary>
internal interface IMappedTensors
{
    /// <summary>Gets a tensor as a matrix in the mapping, which outlives the file; null where its bytes are not row-major float32.</summary>
    Matrix? TryMap(TensorInfo tensor, int rows, int columns);

    /// <summary>
    /// Gets the transpose [columns, rows] of a tensor [rows, columns] as a matrix in the mapping; null where its bytes are not column-major
    /// float32, as only torch files have them.
    /// </summary>
    Matrix? TryMapTransposed(TensorInfo tensor, int rows, int columns) => null;
}
