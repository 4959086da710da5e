namespace Saltus.Cli;

/// <summary>A command line cannot be followed; the message is one line.</summary>
/// <param name="message">The command, what was expected, what was found, what to do.</param>
internal sealed class UsageException(string message) : InputException(message);
