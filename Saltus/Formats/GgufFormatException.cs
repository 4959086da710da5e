using System.Diagnostics.CodeAnalysis;

namespace Saltus.Formats;

/// <summary>A GGUF file cannot be used; the message is one line that names file and key or tensor, what was expected and what was found.</summary>
/// <param name="error">What is wrong.</param>
/// <param name="message">One line; line ends from a damaged file become spaces.</param>
public sealed class GgufFormatException(GgufError error, string message) : InputException(message.ReplaceLineEndings(" "))
{
    /// <summary>Gets what is wrong.</summary>
    public GgufError Error { get; } = error;

    [DoesNotReturn]
    internal static void Throw(GgufError error, string message) => throw new GgufFormatException(error, message);

    internal static GgufFormatException Unusable(TensorError error, string message) => new(
        error switch
        {
            TensorError.Missing => GgufError.TensorMissing,
            TensorError.WrongDtype => GgufError.TensorDtype,
            TensorError.WrongShape => GgufError.TensorShape,
            _ => GgufError.TensorValue,
        },
        message);
}
