using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saltus.Formats;

/// <summary>
/// Writes files whole or not at all: into a temporary name in the same folder, flushed to the disk, then renamed over the target, which
/// reaches the disk too before the call returns.
/// A reader sees the old file or the new one, never a part; a failure removes the temporary and leaves the old file as it was.
/// </summary>
public static class AtomicFile
{
    /// <summary>Which names the temporaries have: what a kill leaves behind.</summary>
    internal const string TemporaryPattern = ".saltus-*";

    private const int BufferBytes = 1 << 16;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly JsonWriterOptions s_indented = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static int s_counter;

    /// <summary>Writes a file through a stream.</summary>
    /// <param name="path">The file; its folder is created if need be.</param>
    /// <param name="write">Writes the content; what it throws passes through after the temporary is gone.</param>
    /// <exception cref="InputException">The file system refused (disk full, permission, no such folder).</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string? temporary = null;
        try
        {
            string full = Path.GetFullPath(path);
            string folder = Path.GetDirectoryName(full) ?? throw new IOException("a file name is missing");
            Directory.CreateDirectory(folder);
            using (FileStream stream = CreateTemporary(folder, out temporary))
            {
                write(stream);
                DiskFlush.Wait(stream);
            }

            File.Move(temporary, full, overwrite: true);
            temporary = null;
            DiskFlush.WaitFolder(folder);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(path, exception);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Writes bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its whole content.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    /// <summary>Writes text as UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its whole content.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void WriteText(string path, string content) => WriteBytes(path, s_utf8.GetBytes(content));

    /// <summary>Writes JSON: indented by two spaces, line feeds, one at the end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes exactly one value.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void WriteJson(string path, Action<Utf8JsonWriter> write) => Write(path, stream =>
    {
        using (Utf8JsonWriter writer = new(stream, s_indented))
        {
            write(writer);
        }

        stream.WriteByte((byte)'\n');
    });

    /// <summary>A name in a folder that no other write of this process uses; short, so that any valid target name leaves room for it.</summary>
    internal static string TemporaryName(string folder) =>
        Path.Combine(folder, $".saltus-{Environment.ProcessId}-{Interlocked.Increment(ref s_counter)}.part");

    private static FileStream CreateTemporary(string folder, out string temporary)
    {
        while (true)
        {
            temporary = TemporaryName(folder);
            if (!File.Exists(temporary))
            {
                return new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
            }
        }
    }

    private static void Remove(string? temporary)
    {
        try
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            // The first failure is the one to report; a temporary that cannot be deleted adds nothing to it.
        }
    }
}
