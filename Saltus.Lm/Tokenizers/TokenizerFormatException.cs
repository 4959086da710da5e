using System.Diagnostics.CodeAnalysis;

namespace Saltus.Lm.Tokenizers;

/// <summary>A tokenizer file cannot be used; the message is one line that names the file, the field, what was expected and what was found.</summary>
public sealed class TokenizerFormatException : InputException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">One line: file, field, expected, found, what to do.</param>
    public TokenizerFormatException(TokenizerError error, string message)
        : base(Escaped(message)) => Error = error;

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="error">What is wrong.</param>
    /// <param name="message">One line: file, field, expected, found, what to do.</param>
    /// <param name="innerException">What the system or a parser said.</param>
    public TokenizerFormatException(TokenizerError error, string message, Exception innerException)
        : base(Escaped(message), innerException) => Error = error;

    /// <summary>Gets what is wrong.</summary>
    public TokenizerError Error { get; }

    [DoesNotReturn]
    internal static void Throw(TokenizerError error, string message) => throw new TokenizerFormatException(error, message);

    // Tokens are quoted as they are, and there are tokens of line ends.
    private static string Escaped(string message) =>
        message.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
