namespace Saltus.Formats;

/// <summary>How much the file system below a path still takes.</summary>
internal static class DiskSpace
{
    /// <summary>Gets the bytes that are free for this user where a file or folder lies or will lie.</summary>
    /// <param name="path">It need not exist.</param>
    /// <returns>Bytes; null where the system does not say.</returns>
    public static long? Free(string path)
    {
        string? folder = Path.GetFullPath(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
        }

        try
        {
            return folder is null ? null : new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception) || exception is ArgumentException)
        {
            return null;
        }
    }
}
