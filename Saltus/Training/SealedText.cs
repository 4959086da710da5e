using System.IO.Hashing;
using System.Text;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>Files with their checksum in a file beside them, by which a flipped bit in settings or results is found.</summary>
internal static class SealedText
{
    /// <summary>Writes both.</summary>
    /// <param name="path">The text's file.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <param name="text">What it holds.</param>
    /// <exception cref="InputException">The file system refused; neither is there.</exception>
    public static void Write(string path, string seal, string text)
    {
        // The checksum first: a text is never without its own, and a folder with nothing but a checksum is begun anew.
        AtomicFile.WriteText(seal, Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text))) + "\n");
        try
        {
            AtomicFile.WriteText(path, text);
        }
        catch (InputException)
        {
            File.Delete(seal);
            throw;
        }
    }

    /// <summary>Writes the checksum of files that are on the disk.</summary>
    /// <param name="paths">The files, in this order.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <exception cref="InputException">A file cannot be read, or the file system refused.</exception>
    public static void Seal(IReadOnlyList<string> paths, string seal) => AtomicFile.WriteText(seal, FileChecksum.Compute(paths) + "\n");

    /// <summary>Whether files are those that the checksum beside them is of; not where there is none.</summary>
    /// <param name="paths">The files, in this order.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <returns>Whether they are.</returns>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static bool IsWhole(IReadOnlyList<string> paths, string seal) => File.Exists(seal) && FileChecksum.Compute(paths) == Read(seal);

    /// <summary>Compares a file with the checksum beside it; one that has none is left unchecked.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <param name="error">What a difference is.</param>
    /// <param name="advice">What it means and what to do.</param>
    /// <exception cref="CheckpointException">They differ.</exception>
    /// <exception cref="InputException">One of them cannot be read.</exception>
    public static void Check(string path, string seal, CheckpointError error, string advice) => Check(path, [path], seal, error, advice);

    /// <summary>Compares files with the checksum beside them; those that have none are left unchecked.</summary>
    /// <param name="what">What errors call them.</param>
    /// <param name="paths">The files, in this order.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <param name="error">What a difference is.</param>
    /// <param name="advice">What it means and what to do.</param>
    /// <exception cref="CheckpointException">They differ.</exception>
    /// <exception cref="InputException">One of them cannot be read.</exception>
    public static void Check(string what, IReadOnlyList<string> paths, string seal, CheckpointError error, string advice)
    {
        if (!File.Exists(seal))
        {
            return;
        }

        string expected = Read(seal);
        string found = FileChecksum.Compute(paths);
        if (found != expected)
        {
            throw new CheckpointException(error, $"'{what}': expected the checksum {expected} of {Path.GetFileName(seal)}, found {found}: {advice}");
        }
    }

    private static string Read(string seal)
    {
        try
        {
            return File.ReadAllText(seal).TrimEnd().ReplaceLineEndings(" ");
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Reading(seal, exception);
        }
    }
}
