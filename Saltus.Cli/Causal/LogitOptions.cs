using System.CommandLine;
using System.Globalization;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Tokenizers;

namespace Saltus.Cli.Causal;

/// <summary>The options that choose two tokens whose logits are compared.</summary>
internal sealed class LogitOptions
{
    private readonly Option<string> _plus;
    private readonly Option<string> _minus;

    /// <summary>Creates the options.</summary>
    /// <param name="otherwise">What happens without them, for the help page.</param>
    public LogitOptions(string otherwise)
    {
        _plus = OptionKinds.Text("--plus", "TOKEN", $"Token whose logit counts positive: its text, such as ' the', or #ID; {otherwise}.");
        _minus = OptionKinds.Text("--minus", "TOKEN", "Token whose logit is subtracted, likewise.");
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_plus);
        command.Options.Add(_minus);
    }

    /// <summary>Gets the pair; null where none was given.</summary>
    /// <exception cref="InputException">Only one was given, or one is no token.</exception>
    public LogitPair? Read(ParseResult values, Tokenizer tokenizer)
    {
        (string? plus, string? minus) = (values.GetValue(_plus), values.GetValue(_minus));
        if (plus is null != minus is null)
        {
            throw new InputException($"{(plus is null ? "--plus" : "--minus")}: expected both --plus and --minus, or none of them, got one");
        }

        return plus is null ? null : new LogitPair(Token("--plus", plus, tokenizer), Token("--minus", minus!, tokenizer));
    }

    private static int Token(string option, string given, Tokenizer tokenizer)
    {
        if (given[0] == '#' && int.TryParse(given.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return id < tokenizer.VocabularySize ? id : throw new InputException($"{option}: expected an id below {tokenizer.VocabularySize}, found '{given}'");
        }

        // What the vocabulary shows is looked for first: encoding may put a space in front of a text.
        int[] shown = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(token => tokenizer.TokenText(token) == given)];
        IReadOnlyList<int> encoded = tokenizer.Encode(given, addSpecialTokens: false).Ids;
        return shown.Length == 1 ? shown[0]
            : encoded.Count == 1 ? encoded[0]
            : throw new InputException($"{option}: expected the text of one token, or #ID, found '{given}', which is {encoded.Count} tokens");
    }
}
