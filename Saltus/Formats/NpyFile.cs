namespace Saltus.Formats;

/// <summary>
/// A .npy file of NumPy (versions 1 to 3), mapped into memory: numbers of any size, either byte order, C or Fortran order; what is read
/// is row-major. Objects, records, text, complex numbers and dates are refused. Bytes after the array are ignored, as NumPy does.
/// </summary>
public sealed class NpyFile : ITensorSource
{
    /// <summary>The name of the one tensor.</summary>
    public const string ArrayName = "array";

    private readonly MappedFile _file;
    private readonly NpyArray _array;

    private NpyFile(MappedFile file)
    {
        _file = file;
        NpyHeader header = NpyHeader.Read(file.Bytes(0, (int)Math.Min(file.Length, NpyHeader.MaxBytes)), file.Length, file.Path);
        Array = header.ToTensor(ArrayName);
        Tensors = [Array];
        _array = new NpyArray(new MappedBytes(file, 0, file.Length), header, file.Path);
    }

    /// <inheritdoc/>
    public string Source => _file.Path;

    /// <summary>Gets the array.</summary>
    public TensorInfo Array { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="NpyFormatException">It is not a valid .npy file of plain numbers.</exception>
    public static NpyFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new NpyFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => name == ArrayName ? Array : null;

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination) => _array.ReadFloat32(first, destination);

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination) => _array.ReadFloat64(first, destination);

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination) => _array.ReadInt64(first, destination);

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => NpyFormatException.Unusable(error, message);

    /// <summary>Ends the mapping as soon as no read is under way.</summary>
    public void Dispose()
    {
        _array.Dispose();
        _file.Dispose();
    }
}
