using System.Buffers;

namespace Saltus.Formats;

/// <summary>
/// The elements of a view in row-major order. Where that is the order of the storage they are taken as they lie; else they are gathered
/// a block at a time along the last dimension: for a transposed matrix, a cache line serves as many rows in turn as it has elements.
/// </summary>
internal static class TorchElements
{
    private const int BlockElements = 1 << 14;

    /// <summary>Turns bytes of elements, little-endian, into values.</summary>
    /// <param name="elements">The bytes.</param>
    /// <param name="destination">As many values.</param>
    public delegate void Convert<T>(ReadOnlySpan<byte> elements, Span<T> destination);

    /// <summary>Reads consecutive elements; the caller holds the mapping.</summary>
    public static void Read<T>(TorchView view, long first, Span<T> destination, Convert<T> convert)
    {
        int size = view.Dtype.ByteSize();
        bool isDirect = view.IsContiguous && !(view.Storage.IsBigEndian && size > 1);
        byte[] block = isDirect ? [] : ArrayPool<byte>.Shared.Rent(Math.Min(BlockElements, Math.Max(1, destination.Length)) * size);
        try
        {
            for (int done = 0; done < destination.Length; done += BlockElements)
            {
                int count = Math.Min(BlockElements, destination.Length - done);
                ReadOnlySpan<byte> elements;
                if (isDirect)
                {
                    elements = view.Storage.Bytes.Span((view.Offset + first + done) * size, count * size);
                }
                else
                {
                    Gather(view, first + done, block.AsSpan(0, count * size), size);
                    elements = block.AsSpan(0, count * size);
                }

                convert(elements, destination.Slice(done, count));
            }
        }
        finally
        {
            if (!isDirect)
            {
                ArrayPool<byte>.Shared.Return(block);
            }
        }
    }

    private static void Gather(TorchView view, long first, Span<byte> elements, int size)
    {
        int rank = view.Shape.Length;
        long columns = rank == 0 ? 1 : view.Shape[^1];
        long stride = rank == 0 ? 1 : view.Strides[^1];
        while (!elements.IsEmpty)
        {
            (long rest, long column) = Math.DivRem(first, columns);
            long position = view.Offset + (column * stride);
            for (int i = rank - 2; i >= 0; i--)
            {
                (rest, long index) = Math.DivRem(rest, view.Shape[i]);
                position += index * view.Strides[i];
            }

            // One span over the run, unless it reaches further than a span can: then fewer elements.
            long step = Math.Max(1, stride) * size;
            long reach = Math.Max(1, int.MaxValue / step);
            int count = (int)Math.Min(Math.Min(elements.Length / size, columns - column), reach);
            ReadOnlySpan<byte> run = view.Storage.Bytes.Span(position * size, checked((int)(((count - 1) * step) + size)));
            Copy(run, (int)Math.Min(step, int.MaxValue), elements[..(count * size)], size);
            if (view.Storage.IsBigEndian)
            {
                for (int i = 0; i < count; i++)
                {
                    elements.Slice(i * size, size).Reverse();
                }
            }

            elements = elements[(count * size)..];
            first += count;
        }
    }

    private static void Copy(ReadOnlySpan<byte> run, int step, Span<byte> elements, int size)
    {
        if (step == size)
        {
            run.CopyTo(elements);
            return;
        }

        for (int from = 0, to = 0; to < elements.Length; from += step, to += size)
        {
            run.Slice(from, size).CopyTo(elements[to..]);
        }
    }
}
