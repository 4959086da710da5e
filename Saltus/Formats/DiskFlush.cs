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
    private const int NotPermitted = 13;
    private const int NothingToWaitFor = 22;
    private const uint BeginWriting = 2;
    private const int CloseOnExecute = 0x80000;

    /// <summary>O_DIRECTORY, which Arm's Linux numbers otherwise.</summary>
    private static readonly int s_folder = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

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
        Wait(stream.SafeFileHandle);
    }

    /// <summary>
    /// Waits until the names of a folder are on the disk: only then is a file that was put in place by a rename there after a power cut.
    /// On Linux alone.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The disk failed, or the folder cannot be opened.</exception>
    public static void WaitFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // The runtime opens no folders.
        using SafeFileHandle folder = Open(path, s_folder | CloseOnExecute);
        if (folder.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == NotPermitted)
            {
                // A folder may be written and not read: what is in it is as safe as elsewhere without this wait.
                return;
            }

            throw new IOException(Marshal.GetPInvokeErrorMessage(error));
        }

        Wait(folder);
    }

    /// <summary>Lets the system begin to bring a part of a file to the disk while more is written; nothing is waited for, and an error is told by <see cref="Wait(FileStream)"/>.</summary>
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

    private static void Wait(SafeFileHandle file)
    {
        while (Synchronize(file) != 0)
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SynchronizeRange(SafeFileHandle file, long offset, long count, uint flags);
}
