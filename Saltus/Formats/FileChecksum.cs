using System.IO.Hashing;

namespace Saltus.Formats;

/// <summary>XxHash128 of whole files: tells damage and difference, not malice.</summary>
public static class FileChecksum
{
    /// <summary>Computes the checksum of one file, or of several as if they were one.</summary>
    /// <param name="paths">The files, in this order.</param>
    /// <returns>32 hexadecimal digits, lower case.</returns>
    /// <exception cref="InputException">A file cannot be read.</exception>
    public static string Compute(params IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        XxHash128 hash = new();
        foreach (string path in paths)
        {
            try
            {
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
                hash.Append(stream);
            }
            catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
            {
                throw FileErrors.Reading(path, exception);
            }
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
