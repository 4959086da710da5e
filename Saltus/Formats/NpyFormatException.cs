namespace Saltus.Formats;

/// <summary>A .npy file, or an array in a .npz file, cannot be used; the message names file, field, expected and found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line.</param>
public sealed class NpyFormatException(NpyError error, string message) : InputException(message)
{
    /// <summary>Gets what is wrong.</summary>
    public NpyError Error { get; } = error;

    internal static NpyFormatException Unusable(TensorError error, string message) => new(
        error switch
        {
            TensorError.Missing => NpyError.ArrayMissing,
            TensorError.WrongDtype => NpyError.ArrayDtype,
            TensorError.WrongShape => NpyError.ArrayShape,
            _ => NpyError.ArrayValue,
        },
        message);
}
