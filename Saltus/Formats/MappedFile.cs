using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// A whole file mapped read-only. Every read holds the mapping while it copies, so that disposing from another thread waits instead of
/// pulling the memory away. The file must not be cut short by another program meanwhile: the system then ends the process.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly SafeMemoryMappedViewHandle? _handle;

    private MappedFile(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        Path = path;
        Length = stream.Length;
        if (Length == 0)
        {
            // An empty file cannot be mapped, and needs no mapping.
            return;
        }

        _file = MemoryMappedFile.CreateFromFile(stream, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        _handle = _view.SafeMemoryMappedViewHandle;
    }

    public string Path { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }
    }

    /// <summary>A view of the mapping itself, valid until this is disposed: the caller keeps this alive and undisposed meanwhile.</summary>
    public ReadOnlySpan<byte> Bytes(long start, int count)
    {
        if ((ulong)start > (ulong)Length || (ulong)count > (ulong)(Length - start))
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"bytes {start} to {start + count} of a file of {Length}");
        }

        if (_handle is null || count == 0)
        {
            return [];
        }

        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new ReadOnlySpan<byte>((byte*)_handle.DangerousGetHandle() + _view!.PointerOffset + start, count);
    }

    /// <summary>Values of the mapping as a matrix, which keeps the mapping in place until it is disposed itself.</summary>
    public Matrix Matrix(long start, int rows, int columns)
    {
        long bytes = checked((long)rows * columns * sizeof(float));
        if ((ulong)start > (ulong)Length || (ulong)bytes > (ulong)(Length - start) || _handle is null)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"bytes {start} to {start + bytes} of a file of {Length}");
        }

        return Tensors.Matrix.OfMapping(AlignedBuffer<float>.Over(_handle, _view!.PointerOffset + start, (long)rows * columns), rows, columns);
    }

    /// <summary>Keeps the mapping in place until <see cref="Release"/>.</summary>
    /// <exception cref="ObjectDisposedException">It is gone already.</exception>
    public void Hold()
    {
        bool added = false;
        _handle?.DangerousAddRef(ref added);
    }

    public void Release() => _handle?.DangerousRelease();

    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }
}
