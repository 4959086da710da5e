namespace Saltus.Lm.Tokenizers;

/// <summary>A regular expression that is malformed or uses what is not followed here; never leaves this room.</summary>
internal sealed class RegexSyntaxException(string message) : Exception(message);
