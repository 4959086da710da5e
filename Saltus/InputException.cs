namespace Saltus;

/// <summary>
/// Something that a person handed to Saltus — a file, an option, a model — cannot be used. The message is one line that says which
/// file and field, what was expected, what was found, and what to do. The tool prints it and ends with exit code 2.
/// Every format has a subclass with an error code of its own.
/// </summary>
public class InputException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    /// <param name="message">One line: where, what was expected, what was found, what to do.</param>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its one-line message and the failure that caused it.</summary>
    /// <param name="message">One line: where, what was expected, what was found, what to do.</param>
    /// <param name="innerException">What the operating system or a parser said.</param>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
