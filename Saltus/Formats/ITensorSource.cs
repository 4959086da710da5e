namespace Saltus.Formats;

/// <summary>
/// Named tensors in a file or a set of files, read on demand and widened to what the caller computes with.
/// Reading is safe from several threads at once. <see cref="TensorSource"/> adds whole-tensor reading.
/// </summary>
public interface ITensorSource : IDisposable
{
    /// <summary>Gets the file or folder that errors name.</summary>
    string Source { get; }

    /// <summary>Gets the tensors in the order of their data.</summary>
    IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name; case matters.</param>
    /// <returns>The tensor, or null.</returns>
    TensorInfo? Find(string name);

    /// <summary>Reads consecutive elements of any element type as float32 (integers and float64 are rounded to nearest).</summary>
    /// <param name="tensor">A tensor of this source.</param>
    /// <param name="first">Index of the first element, row-major.</param>
    /// <param name="destination">As many elements as it is long.</param>
    /// <exception cref="InputException">A value is not valid for its type (a BOOL that is neither 0 nor 1).</exception>
    void ReadFloat32(TensorInfo tensor, long first, Span<float> destination);

    /// <summary>Reads consecutive elements of any element type as float64.</summary>
    /// <param name="tensor">A tensor of this source.</param>
    /// <param name="first">Index of the first element, row-major.</param>
    /// <param name="destination">As many elements as it is long.</param>
    /// <exception cref="InputException">A value is not valid for its type.</exception>
    void ReadFloat64(TensorInfo tensor, long first, Span<double> destination);

    /// <summary>Reads consecutive elements of an integer type.</summary>
    /// <param name="tensor">A tensor of this source with an integer element type.</param>
    /// <param name="first">Index of the first element, row-major.</param>
    /// <param name="destination">As many elements as it is long.</param>
    /// <exception cref="InputException">The tensor does not hold integers, or a U64 value is above 2^63 − 1.</exception>
    void ReadInt64(TensorInfo tensor, long first, Span<long> destination);

    /// <summary>Creates the error of a tensor that the file has otherwise than expected, in this format's exception type.</summary>
    /// <param name="error">Which of the three kinds.</param>
    /// <param name="message">One line that names tensor and file.</param>
    /// <returns>The exception to throw.</returns>
    InputException Unusable(TensorError error, string message);
}
