namespace Saltus.Formats;

/// <summary>A torch file cannot be used; the message names file and tensor or byte, what was expected and what was found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
/// <param name="innerException">What the archive's reader said, if it did.</param>
public sealed class TorchFormatException(TorchError error, string message, Exception? innerException = null)
    : InputException(message, innerException!)
{
    /// <summary>Gets what is wrong.</summary>
    public TorchError Error { get; } = error;

    internal static TorchFormatException Unusable(TensorError error, string message) => new(
        error switch
        {
            TensorError.Missing => TorchError.TensorMissing,
            TensorError.WrongDtype => TorchError.TensorDtype,
            TensorError.WrongShape => TorchError.TensorShape,
            _ => TorchError.TensorValue,
        },
        message);

    /// <summary>What the reader of zip archives, which names file and entry, found wrong.</summary>
    internal static TorchFormatException Archive(NpzFormatException exception) => new(TorchError.ContainerInvalid, exception.Message, exception);
}
