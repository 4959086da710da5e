namespace Saltus.Formats;

/// <summary>A JSON file cannot be used; the message names the file, the key, what was expected and what was found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What the parser said, if it did.</param>
public sealed class JsonFieldException(JsonFieldError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public JsonFieldError Error { get; } = error;
}
