using System.Text;

namespace Saltus;

/// <summary>
/// Something that a person handed to Saltus — a file, an option, a model — cannot be used. The message is one line that says which
/// file and field, what was expected, what was found, and what to do. The tool prints it and ends with exit code 2.
/// Every format has a subclass with an error code of its own.
/// </summary>
public class InputException : Exception
{
    /// <summary>Creates the exception with its one-line message.</summary>
    /// <param name="message">One line: where, what was expected, what was found, what to do. Names from a file may bring line breaks: they become blanks.</param>
    public InputException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>Creates the exception with its one-line message and the failure that caused it.</summary>
    /// <param name="message">One line: where, what was expected, what was found, what to do.</param>
    /// <param name="innerException">What the operating system or a parser said.</param>
    public InputException(string message, Exception innerException)
        : base(OneLine(message), innerException)
    {
    }

    /// <summary>Makes one line of a text: no line breaks, no control characters that could play with a terminal.</summary>
    internal static string OneLine(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            // U+2028 and U+2029 are the two separators that are not control characters.
            if (!char.IsControl(c) && c is not ('\u2028' or '\u2029'))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd();
    }
}
