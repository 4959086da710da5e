using System.IO.Hashing;
using System.Text;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>A text file with its checksum in a file beside it, by which a flipped bit in settings is found.</summary>
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

    /// <summary>Compares a file with the checksum beside it; one that has none is left unchecked.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seal">The checksum's file.</param>
    /// <param name="error">What a difference is.</param>
    /// <param name="advice">What it means and what to do.</param>
    /// <exception cref="CheckpointException">They differ.</exception>
    /// <exception cref="InputException">One of them cannot be read.</exception>
    public static void Check(string path, string seal, CheckpointError error, string advice)
    {
        if (!File.Exists(seal))
        {
            return;
        }

        string expected = Read(seal);
        string found = FileChecksum.Compute(path);
        if (found != expected)
        {
            throw new CheckpointException(error, $"'{path}': expected the checksum {expected} of {Path.GetFileName(seal)}, found {found}: {advice}");
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
