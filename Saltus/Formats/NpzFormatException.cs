namespace Saltus.Formats;

/// <summary>A .npz archive cannot be used; the message names file and entry, what was expected and what was found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What the inflater said, if it did.</param>
public sealed class NpzFormatException(NpzError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public NpzError Error { get; } = error;
}
