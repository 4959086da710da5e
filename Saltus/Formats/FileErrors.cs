namespace Saltus.Formats;

/// <summary>Turns what the operating system says about a file into one line for the person who named the file.</summary>
internal static class FileErrors
{
    /// <summary>Whether an exception comes from the file system and not from a mistake of ours.</summary>
    public static bool IsFromFileSystem(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Creates the error of a file that cannot be read.</summary>
    public static InputException Reading(string path, Exception cause) => new($"'{path}': cannot be read: {Reason(cause)}", cause);

    /// <summary>Creates the error of a file or folder that cannot be written.</summary>
    public static InputException Writing(string path, Exception cause) =>
        new($"'{path}': cannot be written: {Reason(cause)}; nothing was left behind", cause);

    /// <summary>Creates the error of a log that cannot be added to.</summary>
    public static InputException Appending(string path, Exception cause) =>
        new($"'{path}': cannot be added to: {Reason(cause)}; what was written before stays", cause);

    private static string Reason(Exception cause) => cause switch
    {
        FileNotFoundException => "there is no such file; check the path",
        DirectoryNotFoundException => "there is no such folder; check the path",
        PathTooLongException => "the path is too long",
        UnauthorizedAccessException => "permission denied, or it is a folder",
        // The system's text ("No space left on device : '…'") repeats the path of a temporary file: only its first part says anything.
        _ => cause.Message.Split(" : '", 2)[0].ReplaceLineEndings(" ").TrimEnd('.'),
    };
}
