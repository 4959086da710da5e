using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>A mapped file whose tensors can be used where they lie.</summary>
internal interface IMappedTensors
{
    /// <summary>Gets a tensor as a matrix in the mapping, which outlives the file; null where its bytes are not row-major float32.</summary>
    Matrix? TryMap(TensorInfo tensor, int rows, int columns);
}
