using System.Buffers;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// The elements of one .npy array, wherever its bytes are: row-major and little-endian whatever the file's order, a block at a time.
/// </summary>
/// <param name="bytes">The whole .npy content, header included.</param>
/// <param name="header">Its header.</param>
/// <param name="source">What errors name.</param>
internal sealed class NpyArray(IByteSource bytes, NpyHeader header, string source) : IDisposable
{
    private const int BlockElements = 1 << 14;
    private readonly int _size = header.Dtype.ByteSize();
    private readonly object _lock = new();
    private AlignedBuffer<byte>? _inflated;

    private delegate void Convert<T>(ReadOnlySpan<byte> elements, Span<T> destination);

    /// <summary>Whether the bytes are row-major little-endian float32 as they stand.</summary>
    public bool IsPlainFloat32 => header is { Dtype: TensorDtype.F32, IsBigEndian: false } && (!header.IsFortranOrder || header.Shape.Length < 2);

    public void ReadFloat32(long first, Span<float> destination) =>
        Read(first, destination, (elements, values) => TensorElements.ToFloat32(header.Dtype, elements, values));

    public void ReadFloat64(long first, Span<double> destination) =>
        Read(first, destination, (elements, values) => TensorElements.ToFloat64(header.Dtype, elements, values));

    public void ReadInt64(long first, Span<long> destination)
    {
        if (!header.Dtype.IsInteger())
        {
            throw new NpyFormatException(NpyError.ArrayDtype, $"'{source}': expected integers, found {header.Dtype.Name()}");
        }

        Read(first, destination, (elements, values) =>
        {
            if (!TensorElements.ToInt64(header.Dtype, elements, values))
            {
                throw new NpyFormatException(NpyError.ArrayValue, $"'{source}': expected integers below 2^63, found a larger one");
            }
        });
    }

    public void Dispose()
    {
        _inflated?.Dispose();
        bytes.Dispose();
    }

    private void Read<T>(long first, Span<T> destination, Convert<T> convert)
    {
        if (first < 0 || first > (header.DataLength / _size) - destination.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"{first} to {first + destination.Length} of {header.DataLength / _size} elements in '{source}'");
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(BlockElements * _size);
        try
        {
            for (int done = 0; done < destination.Length; done += BlockElements)
            {
                int count = Math.Min(BlockElements, destination.Length - done);
                Span<byte> elements = block.AsSpan(0, count * _size);
                if (header.IsFortranOrder && header.Shape.Length > 1)
                {
                    Gather(first + done, count, elements);
                }
                else
                {
                    bytes.Read(header.DataStart + ((first + done) * _size), elements);
                }

                Prepare(elements, first + done);
                convert(elements, destination.Slice(done, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private void Prepare(Span<byte> elements, long first)
    {
        int invalid = header.Dtype == TensorDtype.Bool ? TensorElements.FindInvalidBool(elements) : -1;
        if (invalid >= 0)
        {
            throw new NpyFormatException(NpyError.ArrayValue, $"'{source}': expected 0 or 1, found {elements[invalid]} at element {first + invalid}");
        }

        for (int i = 0; header.IsBigEndian && i < elements.Length; i += _size)
        {
            elements.Slice(i, _size).Reverse();
        }
    }

    /// <summary>Collects row-major elements out of a file whose first index runs fastest.</summary>
    private void Gather(long first, int count, Span<byte> elements)
    {
        long[] shape = header.Shape;
        long[] strides = new long[shape.Length];
        long[] index = new long[shape.Length];
        strides[0] = 1;
        for (int i = 1; i < shape.Length; i++)
        {
            strides[i] = strides[i - 1] * shape[i - 1];
        }

        long rest = first;
        long position = 0;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            (rest, index[i]) = Math.DivRem(rest, shape[i]);
            position += index[i] * strides[i];
        }

        AlignedBuffer<byte>? inflated = bytes.IsRandomAccess ? null : Inflate();
        for (int element = 0; element < count; element++)
        {
            Span<byte> target = elements.Slice(element * _size, _size);
            if (inflated is null)
            {
                bytes.Read(header.DataStart + (position * _size), target);
            }
            else
            {
                inflated.Slice(position * _size, _size).CopyTo(target);
            }

            for (int i = shape.Length - 1; i >= 0; i--)
            {
                position += strides[i];
                if (++index[i] < shape[i])
                {
                    break;
                }

                position -= index[i] * strides[i];
                index[i] = 0;
            }
        }
    }

    /// <summary>All elements of a deflated array: picking from one end to the other would inflate it again and again.</summary>
    private AlignedBuffer<byte> Inflate()
    {
        lock (_lock)
        {
            if (_inflated is not null)
            {
                return _inflated;
            }

            AlignedBuffer<byte> buffer = new(header.DataLength);
            try
            {
                const int Step = 1 << 20;
                for (long start = 0; start < header.DataLength; start += Step)
                {
                    bytes.Read(header.DataStart + start, buffer.Slice(start, (int)Math.Min(Step, header.DataLength - start)));
                }

                _inflated = buffer;
                return buffer;
            }
            catch
            {
                buffer.Dispose();
                throw;
            }
        }
    }
}
