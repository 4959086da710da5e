using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Writes a safetensors file, whole or not at all. Equal content gives equal bytes whatever the order of the calls: tensors lie by
/// element size (largest first, so that all are aligned), then by name; metadata by key. Tensors stream through a small buffer.
/// </summary>
public sealed class SafetensorsWriter
{
    private const int BlockElements = 1 << 15;

    /// <summary>Large enough for few calls of the system, small enough to be looked at, hashed and written out of a core's own cache.</summary>
    private const int DirectElements = 1 << 16;

    private const int HeaderAlignment = 8;
    private const int ChecksumBytes = 16;
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _entries = [];
    private bool _hasChecksum;

    /// <summary>Sets a string of the metadata.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The string.</param>
    /// <returns>This writer.</returns>
    public SafetensorsWriter SetMetadata(string key, string value)
    {
        _metadata[key] = value;
        return this;
    }

    /// <summary>Adds a floating-point tensor that is read a block at a time while the file is written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">F32, F16, BF16 or F64: values are rounded to nearest even (beyond F16's range: to infinity).</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="read">Gives the values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public SafetensorsWriter Add(string name, TensorDtype dtype, ReadOnlySpan<long> shape, TensorReader read)
    {
        if (dtype is not (TensorDtype.F32 or TensorDtype.F16 or TensorDtype.BF16 or TensorDtype.F64))
        {
            throw new ArgumentException($"{dtype.Name()} is not written from float32", nameof(dtype));
        }

        return Add(name, dtype, shape, (stream, count) => WriteFloats(stream, dtype, count, read));
    }

    /// <summary>Adds a matrix [rows, columns]; it is read when the file is written, not copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public SafetensorsWriter Add(string name, Matrix matrix, TensorDtype dtype = TensorDtype.F32) => dtype == TensorDtype.F32
        ? Add(name, matrix, null)
        : Add(name, dtype, [matrix.Rows, matrix.Columns], (first, destination) => CopyRows(matrix, first, destination));

    /// <summary>Adds a vector [values]; it is read when the file is written, not copied.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="values">The values.</param>
    /// <param name="dtype">F32, F16, BF16 or F64.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the type is not a float that can be written.</exception>
    public SafetensorsWriter Add(string name, ReadOnlyMemory<float> values, TensorDtype dtype = TensorDtype.F32) => dtype == TensorDtype.F32
        ? AddWhole(name, dtype, [values.Length], values)
        : Add(name, dtype, [values.Length], (first, destination) => values.Span.Slice((int)first, destination.Length).CopyTo(destination));

    /// <summary>Adds float64 values, exactly.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the number of values is not the shape's.</exception>
    public SafetensorsWriter AddFloat64(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<double> values) =>
        AddWhole(name, TensorDtype.F64, shape, values);

    /// <summary>Adds 64-bit integers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the number of values is not the shape's.</exception>
    public SafetensorsWriter AddInt64(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<long> values) =>
        AddWhole(name, TensorDtype.I64, shape, values);

    /// <summary>Adds 32-bit integers.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Dimensions, row-major.</param>
    /// <param name="values">The values.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken, or the number of values is not the shape's.</exception>
    public SafetensorsWriter AddInt32(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<int> values) =>
        AddWhole(name, TensorDtype.I32, shape, values);

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputException">The file system refused; what was there before is untouched.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream => Write(new WritebackStream((FileStream)stream)));

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">The stream.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (_hasChecksum)
        {
            using ChecksumStream hashed = new(stream);
            WriteAll(hashed);
        }
        else
        {
            WriteAll(stream);
        }
    }

    /// <summary>Adds a matrix [rows, columns] as float32; its memory is written as it lies.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="matrix">The matrix.</param>
    /// <param name="inspect">Given every few rows before they are written; null for nobody.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal SafetensorsWriter Add(string name, Matrix matrix, TensorInspector? inspect) =>
        Add(name, TensorDtype.F32, [matrix.Rows, matrix.Columns], (stream, _) =>
        {
            int rows = Math.Max(1, DirectElements / Math.Max(1, matrix.Columns));
            for (int row = 0; row < matrix.Rows; row += rows)
            {
                Span<float> part = matrix.RowRange(row, Math.Min(rows, matrix.Rows - row));
                inspect?.Invoke(row, part);
                stream.Write(MemoryMarshal.AsBytes(part));
            }
        });

    /// <summary>Ends the file with the XxHash128 of everything before it, as a tensor of 16 bytes.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    internal SafetensorsWriter EndWithChecksum(string name)
    {
        // One-byte elements lie last.
        _hasChecksum = true;
        return Add(name, TensorDtype.U8, [ChecksumBytes], (stream, _) => stream.Write(((ChecksumStream)stream).Checksum));
    }

    internal static void CopyRows(Matrix matrix, long first, Span<float> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            (long row, long column) = Math.DivRem(first + done, matrix.Columns);
            Span<float> rest = matrix.Row((int)row)[(int)column..];
            int count = Math.Min(rest.Length, destination.Length - done);
            rest[..count].CopyTo(destination[done..]);
            done += count;
        }
    }

    internal static void WriteFloats(Stream stream, TensorDtype dtype, long count, TensorReader read)
    {
        int block = (int)Math.Min(BlockElements, count);
        float[] values = new float[block];
        byte[] bytes = new byte[block * dtype.ByteSize()];
        for (long first = 0; first < count; first += block)
        {
            Span<float> part = values.AsSpan(0, (int)Math.Min(block, count - first));
            Span<byte> partBytes = bytes.AsSpan(0, part.Length * dtype.ByteSize());
            read(first, part);
            TensorElements.FromFloat32(dtype, part, partBytes);
            stream.Write(partBytes);
        }
    }

    private void WriteAll(Stream stream)
    {
        KeyValuePair<string, Entry>[] ordered = [.. _entries.OrderByDescending(entry => entry.Value.Dtype).ThenBy(entry => entry.Key, StringComparer.Ordinal)];
        byte[] header = Header(ordered);
        Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Entry entry) in ordered)
        {
            entry.Write(stream, entry.Count);
        }
    }

    private SafetensorsWriter AddWhole<T>(string name, TensorDtype dtype, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        Add(name, dtype, shape, (stream, _) =>
        {
            for (int first = 0; first < values.Length; first += DirectElements)
            {
                stream.Write(MemoryMarshal.AsBytes(values.Span.Slice(first, Math.Min(DirectElements, values.Length - first))));
            }
        });
        return _entries[name].Count == values.Length
            ? this
            : throw new ArgumentException($"tensor '{name}' {TensorInfo.DescribeShape(shape.ToArray())}: got {values.Length} values", nameof(values));
    }

    private SafetensorsWriter Add(string name, TensorDtype dtype, ReadOnlySpan<long> shape, Action<Stream, long> write)
    {
        ArgumentNullException.ThrowIfNull(name);
        long count = 1;
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            count = checked(count * size);
        }

        return name != SafetensorsHeader.MetadataKey && _entries.TryAdd(name, new Entry(dtype, shape.ToArray(), count, write))
            ? this
            : throw new ArgumentException($"a tensor '{name}' cannot be added: the name is taken", nameof(name));
    }

    private byte[] Header(KeyValuePair<string, Entry>[] ordered)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            writer.WriteStartObject();
            if (_metadata.Count > 0)
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in _metadata)
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            long position = 0;
            foreach ((string name, Entry entry) in ordered)
            {
                long end = checked(position + (entry.Count * entry.Dtype.ByteSize()));
                writer.WriteStartObject(name);
                writer.WriteString("dtype", entry.Dtype.Name());
                WriteIntegers(writer, "shape", entry.Shape);
                WriteIntegers(writer, "data_offsets", [position, end]);
                writer.WriteEndObject();
                position = end;
            }

            writer.WriteEndObject();
        }

        while (stream.Length % HeaderAlignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static void WriteIntegers(Utf8JsonWriter writer, string key, ReadOnlySpan<long> values)
    {
        writer.WriteStartArray(key);
        foreach (long value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private sealed record Entry(TensorDtype Dtype, long[] Shape, long Count, Action<Stream, long> Write);
}
