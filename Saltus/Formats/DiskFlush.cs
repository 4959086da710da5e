using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Saltus.Formats;

/// <summary>
/// Waits until what was written is on the disk. The runtime's own flush drops the answer of the system on Linux: an error of the disk that is
/// told at this moment, the last one at which it can be told, would be taken for success.
/// </summary>
internal static partial class DiskFlush
{
    private const int Interrupted = 4;
    private const int NothingToWaitFor = 22;
    private const uint BeginWriting = 2;

    /// <summary>Waits.</summary>
    /// <param name="stream">A file that is open for writing.</param>
    /// <exception cref="IOException">The disk failed, or is full: what the file holds is not known.</exception>
    public static void Wait(FileStream stream)
    {
        if (!OperatingSystem.IsLinux())
        {
            stream.Flush(flushToDisk: true);
            return;
        }

        stream.Flush();
        while (Synchronize(stream.SafeFileHandle) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case NothingToWaitFor:
                    return;
                case int error:
                    throw new IOException(Marshal.GetPInvokeErrorMessage(error));
            }
        }
    }

    /// <summary>Lets the system begin to bring a part of a file to the disk while more is written; nothing is waited for, and an error is told by <see cref="Wait"/>.</summary>
    /// <param name="stream">A file that is open for writing.</param>
    /// <param name="offset">Where the part begins, in bytes.</param>
    /// <param name="count">Its bytes.</param>
    public static void Begin(FileStream stream, long offset, long count)
    {
        if (OperatingSystem.IsLinux())
        {
            stream.Flush();
            _ = SynchronizeRange(stream.SafeFileHandle, offset, count, BeginWriting);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SynchronizeRange(SafeFileHandle file, long offset, long count, uint flags);
}
