namespace Saltus.Formats;

/// <summary>A safetensors file or index cannot be used; the message names file and tensor, what was expected and what was found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What a parser said, if it did.</param>
public sealed class SafetensorsFormatException(SafetensorsError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public SafetensorsError Error { get; } = error;

    internal static SafetensorsFormatException Unusable(TensorError error, string message) => new(
        error switch
        {
            TensorError.Missing => SafetensorsError.TensorMissing,
            TensorError.WrongDtype => SafetensorsError.TensorDtype,
            TensorError.WrongShape => SafetensorsError.TensorShape,
            _ => SafetensorsError.TensorValue,
        },
        message);
}
