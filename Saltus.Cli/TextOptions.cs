using System.CommandLine;
using Saltus.Lm.Activations;

namespace Saltus.Cli;

/// <summary>The options that say which text a language model reads.</summary>
/// <param name="isRequired">Whether there must be a text.</param>
internal sealed class TextOptions(bool isRequired = true)
{
    private readonly Option<string[]> _text = OptionKinds.Texts(
        "--text",
        "FILE",
        "Text: .jsonl (a document a line), .txt, also .gz or .zst, .parquet, token ids in .npy, a folder of these, or - for lines of JSON on standard input; may be repeated.",
        isRequired);

    private readonly Option<string> _column = Column();

    /// <summary>Creates the option that names the text's field or column.</summary>
    public static Option<string> Column() => OptionKinds.Text("--column", "NAME", "Field of the lines, or column of the table, that holds the text; default text.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_text);
        command.Options.Add(_column);
    }

    /// <summary>Whether there is a text.</summary>
    public bool IsGiven(ParseResult values) => values.GetValue(_text) is { Length: > 0 };

    /// <summary>Opens the text where there is one.</summary>
    /// <exception cref="InputException">A file is not there, or is none that is read.</exception>
    public TextInput? Find(ParseResult values) => values.GetValue(_text) is { Length: > 0 } given ? new(given, values.GetValue(_column)) : null;

    /// <summary>Opens the text.</summary>
    /// <exception cref="InputException">A file is not there, or is none that is read.</exception>
    public TextInput Open(ParseResult values, DocumentPart? part = null) => new(values.GetRequiredValue(_text), values.GetValue(_column), part);
}
