using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Writes a dictionary of tensors as torch.save does (zip container of torch 2, stored, pickle protocol 2, no times), whole or not at all:
/// equal content gives equal bytes. Only the record ".data/serialization_id" is made otherwise: of names and checksums by our own hash.
/// The tensors keep the order in which they are added, and stream through a small buffer.
/// </summary>
/// <param name="folder">The folder inside the archive; torch takes the file's name without its extension.</param>
public sealed class TorchFileWriter(string folder = "archive")
{
    private const string Version = "3\n";
    private readonly List<Entry> _entries = [];

    /// <summary>Adds a floating-point tensor that is read a block at a time while the file is written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">F32, F16, BF16 or F64: values are rounded to nearest even (beyond F16's range: to infinity).</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="read">Gives the values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public TorchFileWriter Add(string name, TensorDtype dtype, ReadOnlySpan<long> shape, TensorReader read)
    {
        CheckFloat(dtype);
        return Add(new Entry(name, dtype, shape.ToArray(), RowMajor(shape), (stream, count) => SafetensorsWriter.WriteFloats(stream, dtype, count, read)));
    }

    /// <summary>Adds a matrix [columns, rows] as the transposed view of one that lies row by row [rows, columns]: strides (1, columns), as torch keeps `weight.T`.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <param name="rows">Rows of what is stored: the tensor's second dimension.</param>
    /// <param name="columns">Columns of what is stored: the tensor's first dimension.</param>
    /// <param name="read">Gives the values in the order in which they are stored.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public TorchFileWriter AddTransposed(string name, TensorDtype dtype, long rows, long columns, TensorReader read)
    {
        CheckFloat(dtype);
        return Add(new Entry(name, dtype, [columns, rows], [1, columns], (stream, count) => SafetensorsWriter.WriteFloats(stream, dtype, count, read)));
    }

    /// <summary>Adds a matrix [rows, columns]; it is read when the file is written, not copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public TorchFileWriter Add(string name, Matrix matrix, TensorDtype dtype = TensorDtype.F32) =>
        Add(name, dtype, [matrix.Rows, matrix.Columns], (first, destination) => SafetensorsWriter.CopyRows(matrix, first, destination));

    /// <summary>Adds the transpose [columns, rows] of a matrix [rows, columns], as a view of the matrix as it lies.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="matrix">The matrix; read when the file is written, not copied.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public TorchFileWriter AddTransposed(string name, Matrix matrix, TensorDtype dtype = TensorDtype.F32) =>
        AddTransposed(name, dtype, matrix.Rows, matrix.Columns, (first, destination) => SafetensorsWriter.CopyRows(matrix, first, destination));

    /// <summary>Adds a vector [values]; it is read when the file is written, not copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The values.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public TorchFileWriter Add(string name, ReadOnlyMemory<float> values, TensorDtype dtype = TensorDtype.F32) =>
        Add(name, dtype, [values.Length], (first, destination) => values.Span.Slice((int)first, destination.Length).CopyTo(destination));

    /// <summary>Adds 64-bit integers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions, row-major; none for a scalar.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the number of values is not the shape's.</exception>
    public TorchFileWriter AddInt64(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<long> values) => AddWhole(name, TensorDtype.I64, shape, values);

    /// <summary>Adds 32-bit integers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions, row-major; none for a scalar.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the number of values is not the shape's.</exception>
    public TorchFileWriter AddInt32(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<int> values) => AddWhole(name, TensorDtype.I32, shape, values);

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file system refused; what was there before is untouched.</exception>
    public void Write(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">The stream; it is only written to, forwards.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        TorchZipWriter zip = new(stream, folder);
        zip.Add("data.pkl", PickleWriter.Write(_entries));
        zip.Add(".format_version", "1"u8);
        zip.Add(".storage_alignment", Encoding.ASCII.GetBytes(TorchZipWriter.Alignment.ToString(CultureInfo.InvariantCulture)));
        zip.Add("byteorder", "little"u8);
        for (int i = 0; i < _entries.Count; i++)
        {
            Entry entry = _entries[i];
            zip.Add($"data/{Key(i)}", entry.Count * entry.Dtype.ByteSize(), content => entry.Write(content, entry.Count));
        }

        zip.Add("version", Encoding.ASCII.GetBytes(Version));
        zip.Add(".data/serialization_id", zip.ContentId());
        zip.Finish();
    }

    /// <summary>The key of a tensor's storage.</summary>
    internal static string Key(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static void CheckFloat(TensorDtype dtype)
    {
        if (dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.F64))
        {
            throw new ArgumentException($"{dtype.Name()} is not written from float32", nameof(dtype));
        }
    }

    private static long[] RowMajor(ReadOnlySpan<long> shape)
    {
        long[] strides = new long[shape.Length];
        long next = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = next;
            next = checked(next * Math.Max(1, shape[i]));
        }

        return strides;
    }

    private TorchFileWriter AddWhole<T>(string name, TensorDtype dtype, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        Entry entry = new(name, dtype, shape.ToArray(), RowMajor(shape), (stream, _) => stream.Write(MemoryMarshal.AsBytes(values.Span)));
        return entry.Count == values.Length
            ? Add(entry)
            : throw new ArgumentException($"tensor '{name}' {TensorInfo.DescribeShape(entry.Shape)}: got {values.Length} values", nameof(values));
    }

    private TorchFileWriter Add(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry.Name);
        if (_entries.Exists(other => other.Name == entry.Name))
        {
            throw new ArgumentException($"a tensor '{entry.Name}' cannot be added: the name is taken");
        }

        _entries.Add(entry);
        return this;
    }

    /// <summary>A tensor to be written.</summary>
    internal sealed class Entry(string name, TensorDtype dtype, long[] shape, long[] strides, Action<Stream, long> write)
    {
        public string Name { get; } = name;

        public TensorDtype Dtype { get; } = dtype;

        public long[] Shape { get; } = shape;

        public long[] Strides { get; } = strides;

        public long Count { get; } = shape.Aggregate(1L, (product, size) => size >= 0
            ? checked(product * size)
            : throw new ArgumentOutOfRangeException(nameof(shape), $"a dimension is {size}"));

        public Action<Stream, long> Write { get; } = write;
    }
}
