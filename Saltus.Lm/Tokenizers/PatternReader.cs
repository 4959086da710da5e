using System.Text.Json;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads {"String": …} and {"Regex": …}; a regular expression has a scanner of its own, known by its spelling, or is translated.</summary>
internal static class PatternReader
{
    private static readonly Dictionary<string, Func<PieceScanner>> s_scanners = new(StringComparer.Ordinal)
    {
        [Gpt2Scanner.Pattern] = static () => new Gpt2Scanner(),
        [Llama3Scanner.PatternFormat.Replace("DIGITS", @"\p{N}{1,3}", StringComparison.Ordinal)] = static () => new Llama3Scanner(3),
        [Llama3Scanner.PatternFormat.Replace("DIGITS", @"\p{N}", StringComparison.Ordinal)] = static () => new Llama3Scanner(1),
        [NemoScanner.Pattern] = static () => new NemoScanner(),
    };

    public static TextPattern Read(JsonFields owner, string name)
    {
        JsonFields fields = owner.RequiredObject(name);
        string? literal = fields.OptionalText("String");
        string? expression = fields.OptionalText("Regex");
        fields.Done();
        if ((literal is null) == (expression is null))
        {
            owner.Fail(TokenizerError.MissingField, name, "expected one of String and Regex");
        }

        if (literal is not null)
        {
            if (literal.Length == 0)
            {
                owner.Fail(TokenizerError.UnsupportedPattern, name, "the string to look for is empty");
            }

            return new LiteralPattern(literal);
        }

        if (s_scanners.TryGetValue(expression!, out Func<PieceScanner>? scanner))
        {
            return new ScannerPattern(scanner());
        }

        try
        {
            return new RegexPattern(expression!);
        }
        catch (RegexSyntaxException exception)
        {
            owner.Fail(
                TokenizerError.UnsupportedPattern,
                name,
                $"the regular expression {JsonEncodedText.Encode(expression!)} cannot be followed exactly: {exception.Message}");
            throw;
        }
    }
}
