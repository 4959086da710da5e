using System.IO.Hashing;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// A .npz archive of NumPy, mapped into memory: arrays by the names of their entries without ".npy"; entries of other names are no arrays
/// and are left alone. Stored arrays are read in place, deflated ones inflated as they are read. The checksum of an array is compared
/// before its first values are given out; that of an array used where it lies is not.
/// </summary>
public sealed class NpzFile : ITensorSource, IMappedTensors
{
    private const string ArraySuffix = ".npy";
    private const int BlockBytes = 1 << 20;
    private readonly MappedFile _file;
    private readonly Dictionary<string, Entry> _entries = [];

    private NpzFile(MappedFile file)
    {
        _file = file;
        foreach (ZipEntry zip in ZipDirectory.Read(file).Where(entry => entry.Name.EndsWith(ArraySuffix, StringComparison.Ordinal)))
        {
            string name = zip.Name[..^ArraySuffix.Length];
            string what = $"entry '{zip.Name.ReplaceLineEndings(" ")}' in '{file.Path}'";
            MappedBytes stored = new(file, zip.DataStart, zip.CompressedLength);
            IByteSource content = zip.IsDeflated ? new InflatedBytes(stored, zip.Length, what) : stored;
            byte[] start = new byte[Math.Min(NpyHeader.MaxBytes, zip.Length)];
            content.Read(0, start);
            string source = $"{file.Path}: {zip.Name.ReplaceLineEndings(" ")}";
            NpyHeader header = NpyHeader.Read(start, zip.Length, source);
            if (header.DataStart + header.DataLength != zip.Length)
            {
                throw new NpyFormatException(NpyError.TrailingBytes, $"'{source}': expected {header.DataStart + header.DataLength} bytes by its header, found {zip.Length}");
            }

            _entries.Add(name, new Entry(header.ToTensor(name), zip, what, content, new NpyArray(content, header, source)));
        }

        Tensors = [.. _entries.Values.Select(entry => entry.Tensor)];
    }

    /// <inheritdoc/>
    public string Source => _file.Path;

    /// <summary>Gets the arrays in the order of the archive's directory; their <see cref="TensorInfo.Start"/> is an offset within the entry.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Opens an archive.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open archive.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="NpzFormatException">It is not a zip file that can be trusted to hold what it says.</exception>
    /// <exception cref="NpyFormatException">An array in it is not a valid one of plain numbers.</exception>
    public static NpzFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path);
        try
        {
            return new NpzFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _entries.GetValueOrDefault(name)?.Tensor;

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination) => Verified(tensor).ReadFloat32(first, destination);

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination) => Verified(tensor).ReadFloat64(first, destination);

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination) => Verified(tensor).ReadInt64(first, destination);

    /// <inheritdoc/>
    Matrix? IMappedTensors.TryMap(TensorInfo tensor, int rows, int columns)
    {
        Entry entry = EntryOf(tensor);
        bool fits = !entry.Zip.IsDeflated && entry.Array.IsPlainFloat32 && tensor.ElementCount == (long)rows * columns;
        return fits ? _file.Matrix(entry.Zip.DataStart + tensor.Start, rows, columns) : null;
    }

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => NpyFormatException.Unusable(error, message);

    /// <summary>Ends the mapping as soon as no read is under way.</summary>
    public void Dispose()
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.Array.Dispose();
        }

        _file.Dispose();
    }

    private NpyArray Verified(TensorInfo tensor)
    {
        Entry entry = EntryOf(tensor);
        lock (entry)
        {
            if (!entry.IsVerified)
            {
                Verify(entry);
                entry.IsVerified = true;
            }
        }

        return entry.Array;
    }

    private Entry EntryOf(TensorInfo tensor) => _entries.TryGetValue(tensor.Name, out Entry? entry) && ReferenceEquals(entry.Tensor, tensor)
        ? entry
        : throw new ArgumentException($"tensor {tensor} is not of '{Source}'", nameof(tensor));

    private static void Verify(Entry entry)
    {
        Crc32 checksum = new();
        byte[] block = new byte[Math.Min(BlockBytes, entry.Zip.Length)];
        for (long start = 0; start < entry.Zip.Length; start += block.Length)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(block.Length, entry.Zip.Length - start));
            entry.Content.Read(start, part);
            checksum.Append(part);
        }

        (entry.Content as InflatedBytes)?.CheckEnd();
        uint found = checksum.GetCurrentHashAsUInt32();
        if (found != entry.Zip.Checksum)
        {
            throw new NpzFormatException(NpzError.ChecksumMismatch, $"{entry.What}: expected checksum {entry.Zip.Checksum:x8}, found {found:x8}; the file is damaged");
        }
    }

    private sealed class Entry(TensorInfo tensor, ZipEntry zip, string what, IByteSource content, NpyArray array)
    {
        public TensorInfo Tensor { get; } = tensor;

        public ZipEntry Zip { get; } = zip;

        public string What { get; } = what;

        public IByteSource Content { get; } = content;

        public NpyArray Array { get; } = array;

        public bool IsVerified { get; set; }
    }
}
