namespace Saltus.Formats;

/// <summary>
/// A GGUF file of version 2 or 3, mapped into memory: opening reads the header only, and reading a tensor widens the blocks it asks for.
/// The header is checked whole before anything is offered. Reading is safe from several threads; after <see cref="Dispose"/> it throws
/// <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class GgufFile : ITensorSource
{
    private readonly MappedFile _file;
    private readonly GgufHeader _header;

    private GgufFile(MappedFile file, GgufHeader header)
    {
        _file = file;
        _header = header;
    }

    /// <summary>Gets the path it was opened with.</summary>
    public string Source => _file.Path;

    /// <summary>Gets the length of the file in bytes.</summary>
    public long FileLength => _file.Length;

    /// <summary>Gets the version of the format: 2 or 3.</summary>
    public int Version => _header.Version;

    /// <summary>Gets the keys and values.</summary>
    public GgufMetadata Metadata => _header.Metadata;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors => _header.Tensors;

    /// <summary>Gets whether a path is meant for this reader: its name ends in ".gguf".</summary>
    /// <param name="path">A path.</param>
    /// <returns>Whether the name says so; the file need not exist.</returns>
    public static bool IsNamedSo(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="GgufFormatException">It is not a valid GGUF file, or holds a type that is not read.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new GgufFile(file, GgufHeader.Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _header.ByName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination)
    {
        CheckRange(tensor, first, destination.Length);
        _file.Hold();
        try
        {
            if (tensor.Dtype <= TensorDtype.F64)
            {
                TensorElements.ToFloat32(tensor.Dtype, Elements(tensor, first, destination.Length), destination);
            }
            else
            {
                ReadBlocks(tensor, first, destination);
            }
        }
        finally
        {
            _file.Release();
        }
    }

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination)
    {
        CheckRange(tensor, first, destination.Length);
        if (tensor.Dtype > TensorDtype.F64)
        {
            Span<float> block = stackalloc float[TensorDtypes.LargeBlock];
            for (int done = 0; done < destination.Length; done += block.Length)
            {
                Span<float> part = block[..Math.Min(block.Length, destination.Length - done)];
                ReadFloat32(tensor, first + done, part);
                for (int i = 0; i < part.Length; i++)
                {
                    destination[done + i] = part[i];
                }
            }

            return;
        }

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
        CheckRange(tensor, first, destination.Length);
        if (!tensor.Dtype.IsInteger())
        {
            throw Unusable(TensorError.WrongDtype, $"tensor '{tensor.Name}' in '{Source}': expected integers, found {tensor.Description}");
        }

        _file.Hold();
        try
        {
            // No integer type of the format has values beyond 2^63.
            TensorElements.ToInt64(tensor.Dtype, Elements(tensor, first, destination.Length), destination);
        }
        finally
        {
            _file.Release();
        }
    }

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => GgufFormatException.Unusable(error, message);

    /// <summary>Ends the mapping as soon as no read is under way.</summary>
    public void Dispose() => _file.Dispose();

    private static void CheckRange(TensorInfo tensor, long first, int count)
    {
        if (first < 0 || first > tensor.ElementCount - count)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"{first} to {first + count} of {tensor.ElementCount} in tensor {tensor}");
        }
    }

    private ReadOnlySpan<byte> Elements(TensorInfo tensor, long first, int count)
    {
        int size = tensor.Dtype.ByteSize();
        return _file.Bytes(tensor.Start + (first * size), checked(count * size));
    }

    // Whole blocks go straight to the destination; of those at the ends that are not asked for whole, a part is copied.
    private void ReadBlocks(TensorInfo tensor, long first, Span<float> destination)
    {
        int length = tensor.Dtype.BlockLength();
        int bytes = tensor.Dtype.BlockBytes();
        Span<float> one = stackalloc float[TensorDtypes.LargeBlock];
        one = one[..length];
        while (destination.Length > 0)
        {
            (long block, long offset) = Math.DivRem(first, length);
            int whole = offset == 0 ? destination.Length / length : 0;
            ReadOnlySpan<byte> source = _file.Bytes(tensor.Start + (block * bytes), checked(Math.Max(1, whole) * bytes));
            int count = whole * length;
            if (whole > 0)
            {
                GgufBlocks.Widen(tensor.Dtype, source, destination[..count]);
            }
            else
            {
                GgufBlocks.Widen(tensor.Dtype, source, one);
                count = Math.Min(length - (int)offset, destination.Length);
                one.Slice((int)offset, count).CopyTo(destination);
            }

            first += count;
            destination = destination[count..];
        }
    }
}
