namespace Saltus.Lm.Activations;

/// <summary>A corpus cannot be used; the message names file, line and field.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What the system or a parser said, if it did.</param>
public sealed class DocumentException(DocumentError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public DocumentError Error { get; } = error;
}
