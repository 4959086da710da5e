using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// A safetensors file, mapped into memory: opening reads the header only, and reading a tensor touches only its pages. The header is
/// checked whole before anything is offered (every byte of the data belongs to exactly one tensor). Reading is safe from several
/// threads; after <see cref="Dispose"/> it throws <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class SafetensorsFile : ITensorSource, IMappedTensors
{
    private readonly MappedFile _file;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header)
    {
        _file = file;
        _header = header;
    }

    /// <summary>Gets the path it was opened with.</summary>
    public string Source => _file.Path;

    /// <summary>Gets the length of the file in bytes.</summary>
    public long FileLength => _file.Length;

    /// <summary>Gets the strings that the header carries.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors => _header.Tensors;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="SafetensorsFormatException">It is not a valid safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _header.ByName.GetValueOrDefault(name);

    /// <summary>Gets bytes of a tensor as they lie in the mapping.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="start">Index of the first byte within the tensor.</param>
    /// <param name="count">Number of bytes.</param>
    /// <returns>A view of the mapping: valid only while this object is reachable and not disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the tensor.</exception>
    public ReadOnlySpan<byte> Bytes(TensorInfo tensor, long start, int count)
    {
        CheckRange(tensor, start, count, tensor.ByteLength);
        return _file.Bytes(tensor.Start + start, count);
    }

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination)
    {
        _file.Hold();
        try
        {
            TensorElements.ToFloat32(tensor.Dtype, Elements(tensor, first, destination.Length), destination);
        }
        finally
        {
            _file.Release();
        }
    }

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination)
    {
        _file.Hold();
        try
        {
            TensorElements.ToFloat64(tensor.Dtype, Elements(tensor, first, destination.Length), destination);
        }
        finally
        {
            _file.Release();
        }
    }

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination)
    {
        if (!tensor.Dtype.IsInteger())
        {
            throw Unusable(TensorError.WrongDtype, $"tensor '{tensor.Name}' in '{Source}': expected integers, found {tensor.Description}");
        }

        _file.Hold();
        try
        {
            if (!TensorElements.ToInt64(tensor.Dtype, Elements(tensor, first, destination.Length), destination))
            {
                throw Unusable(TensorError.InvalidValue, $"tensor '{tensor.Name}' in '{Source}': expected integers below 2^63, found a larger one");
            }
        }
        finally
        {
            _file.Release();
        }
    }

    /// <summary>Gets a tensor of two dimensions as weight rows that are widened on reading, without a float32 copy.</summary>
    /// <param name="name">Name of a tensor of type F32, BF16 or F16.</param>
    /// <returns>Rows that read this file: usable until it is disposed.</returns>
    /// <exception cref="SafetensorsFormatException">There is no such tensor, or its type or rank is another.</exception>
    public TensorRows Rows(string name) => TensorRows.Create(this, this.Require(name));

    /// <inheritdoc/>
    Matrix? IMappedTensors.TryMap(TensorInfo tensor, int rows, int columns) =>
        tensor.Dtype == TensorDtype.F32 && tensor.ElementCount == (long)rows * columns ? _file.Matrix(tensor.Start, rows, columns) : null;

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => SafetensorsFormatException.Unusable(error, message);

    /// <summary>Ends the mapping as soon as no read is under way.</summary>
    public void Dispose() => _file.Dispose();

    private static void CheckRange(TensorInfo tensor, long start, long count, long length)
    {
        if (start < 0 || count < 0 || start > length - count)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"{start} to {start + count} of {length} in tensor {tensor}");
        }
    }

    /// <summary>The bytes of some elements; the caller holds the mapping.</summary>
    private ReadOnlySpan<byte> Elements(TensorInfo tensor, long first, int count)
    {
        CheckRange(tensor, first, count, tensor.ElementCount);
        int size = tensor.Dtype.ByteSize();
        ReadOnlySpan<byte> bytes = _file.Bytes(tensor.Start + (first * size), checked(count * size));
        int invalid = tensor.Dtype == TensorDtype.Bool ? TensorElements.FindInvalidBool(bytes) : -1;
        return invalid < 0
            ? bytes
            : throw Unusable(TensorError.InvalidValue, $"tensor '{tensor.Name}' in '{Source}': expected 0 or 1, found {bytes[invalid]} at element {first + invalid}");
    }
}
