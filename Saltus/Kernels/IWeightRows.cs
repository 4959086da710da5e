namespace Saltus.Kernels;

/// <summary>
/// The rows of a weight matrix W [rows, columns] in whatever form they are kept: float32 in memory, bfloat16 mapped from a file,
/// quantised blocks. Kernels ask for a few rows at a time and widen them on the way in, so that no whole float32 copy exists.
/// Reading must be safe from several threads at once.
/// </summary>
public interface IWeightRows
{
    /// <summary>Gets the number of rows: outputs of the product.</summary>
    int Rows { get; }

    /// <summary>Gets the number of columns: the length of the sums.</summary>
    int Columns { get; }

    /// <summary>Reads consecutive rows as float32.</summary>
    /// <param name="first">Index of the first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="destination">count × <see cref="Columns"/> values, row after row.</param>
    void ReadRows(int first, int count, Span<float> destination);
}
