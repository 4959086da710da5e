namespace Saltus.Formats;

/// <summary>The files of an SAE cannot be read or written; the message names file and tensor or key, expected and found, and what to do.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What a reader below said, if it did.</param>
public sealed class SaeFormatException(SaeFormatError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public SaeFormatError Error { get; } = error;
}
