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

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(SafeFileHandle file);
}
