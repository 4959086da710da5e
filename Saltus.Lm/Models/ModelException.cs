namespace Saltus.Lm.Models;

/// <summary>A language model cannot be used as asked; the message is one line.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">Where, what was expected, what was found, what to do; line ends from a damaged file become spaces.</param>
/// <param name="innerException">What caused it, if anything did.</param>
public sealed class ModelException(ModelError error, string message, Exception? innerException = null)
    : InputException(message.ReplaceLineEndings(" "), innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public ModelError Error { get; } = error;
}
