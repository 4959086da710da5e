using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Saltus.Tensors;

/// <summary>
/// Zeroed unmanaged memory for <paramref name="length"/> elements, aligned to 64 bytes (a cache line, and the widest vector).
/// The one owner of unmanaged memory in the tree: everything larger than a few kilobytes that kernels touch lives here, so that the
/// garbage collector neither moves nor scans it. A view of a mapped file has the same form, so that kernels read it in place.
/// </summary>
/// <typeparam name="T">An unmanaged element type.</typeparam>
/// <param name="length">Number of elements, at least 0.</param>
/// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
/// <exception cref="OutOfMemoryException">The system has no such block.</exception>
public sealed unsafe class AlignedBuffer<T>(long length) : IDisposable
    where T : unmanaged
{
    private const nuint Alignment = 64;
    private T* _pointer = Allocate(length);
    private SafeBuffer? _mapping;

#pragma warning disable MA0055 // the one owner of unmanaged memory needs the one finalizer
    /// <summary>Releases the memory of a buffer that nobody disposed.</summary>
    ~AlignedBuffer() => Free();
#pragma warning restore MA0055

    /// <summary>Gets the number of elements.</summary>
    public long Length { get; private set; } = length;

    /// <summary>Gets the whole buffer; only for buffers of at most <see cref="int.MaxValue"/> elements.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    /// <exception cref="OverflowException">The buffer is larger than a span can be.</exception>
    public Span<T> Span => Slice(0, checked((int)Length));

    /// <summary>Gets <paramref name="count"/> elements from <paramref name="start"/> on.</summary>
    /// <param name="start">Index of the first element.</param>
    /// <param name="count">Number of elements.</param>
    /// <returns>A view; valid until the buffer is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the buffer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(long start, int count)
    {
        if ((ulong)start > (ulong)Length || (ulong)count > (ulong)(Length - start))
        {
            ThrowRange(start, count);
        }

        return new Span<T>(_pointer + start, count);
    }

    /// <summary>
    /// Gets a buffer over memory of a mapped file, which is not aligned and must not be written to. The mapping stays until the buffer is
    /// disposed, whatever its owner does.
    /// </summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="offset">Bytes from its start.</param>
    /// <param name="length">Number of elements.</param>
    /// <returns>A view.</returns>
    internal static AlignedBuffer<T> Over(SafeBuffer mapping, long offset, long length)
    {
        AlignedBuffer<T> buffer = new(0);
        buffer.Free();
        bool isHeld = false;
        mapping.DangerousAddRef(ref isHeld);
        buffer._mapping = mapping;
        buffer._pointer = (T*)((byte*)mapping.DangerousGetHandle() + offset);
        buffer.Length = length;
        return buffer;
    }

    /// <summary>Frees the memory. Spans taken before must not be used afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static T* Allocate(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint bytes = Bytes(length);
        void* pointer = NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(pointer, bytes);
        UnmanagedMemory.Count((long)bytes);
        return (T*)pointer;
    }

    private static nuint Bytes(long length) => checked((nuint)Math.Max(1, length) * (nuint)sizeof(T));

    private void Free()
    {
        if (_pointer == null)
        {
            return;
        }

        T* pointer = _pointer;
        _pointer = null;
        if (_mapping is not null)
        {
            _mapping.DangerousRelease();
            return;
        }

        NativeMemory.AlignedFree(pointer);
        UnmanagedMemory.Release((long)Bytes(Length));
    }

    private void ThrowRange(long start, int count)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        throw new ArgumentOutOfRangeException(nameof(start), $"elements {start} to {start + count} of a buffer of {Length}");
    }
}
