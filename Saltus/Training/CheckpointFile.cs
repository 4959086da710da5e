using System.IO.Hashing;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// One checkpoint as a file: safetensors whose metadata holds a record as JSON (a run's is <see cref="CheckpointRecord"/>) and whose last 16
/// bytes, the tensor <c>checksum</c>, are the XxHash128 of all bytes before them. Written whole or not at all; any tool can read the tensors.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>The tensor at the end.</summary>
    public const string ChecksumName = "checksum";

    private const string MetadataKey = "saltus_checkpoint";
    private const int ChecksumBytes = 16;
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="record">What is said about it.</param>
    /// <param name="state">What is remembered.</param>
    /// <param name="refuse">Makes the exception for a float32 that is not finite, of where it was found; null for anything is written.</param>
    /// <exception cref="InputException">The file system refused; nothing was left behind.</exception>
    public static void Write(string path, string record, TrainingState state, Func<string, Exception>? refuse = null)
    {
        SafetensorsWriter writer = new SafetensorsWriter().SetMetadata(MetadataKey, record).EndWithChecksum(ChecksumName);
        state.WriteTo(writer, refuse);
        writer.Write(path);
    }

    /// <summary>Opens a checkpoint after comparing its checksum.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The open file and what it says about itself.</returns>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static (SafetensorsFile File, string Record) Open(string path)
    {
        CheckChecksum(path);
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return file.Metadata.TryGetValue(MetadataKey, out string? text)
                ? (file, text)
                : throw new CheckpointException(CheckpointError.Damaged, $"'{path}': expected a checkpoint, found a file without '{MetadataKey}'; remove it");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void CheckChecksum(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            byte[] buffer = new byte[(int)Math.Min(BufferBytes, Math.Max(ChecksumBytes, stream.Length))];
            XxHash128 hash = new();
            long left = stream.Length - ChecksumBytes;
            while (left > 0)
            {
                int count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
                if (count == 0)
                {
                    break;
                }

                hash.Append(buffer.AsSpan(0, count));
                left -= count;
            }

            int tail = left == 0 ? stream.ReadAtLeast(buffer.AsSpan(0, ChecksumBytes), ChecksumBytes, throwOnEndOfStream: false) : 0;
            if (tail != ChecksumBytes || !hash.GetCurrentHash().AsSpan().SequenceEqual(buffer.AsSpan(0, ChecksumBytes)))
            {
                throw new CheckpointException(
                    CheckpointError.Damaged, $"'{path}': expected a checkpoint that ends with its own checksum, found {stream.Length} bytes that do not: it is damaged or cut short");
            }
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(path, exception);
        }
    }
}
