using System.CommandLine;
using Saltus.Lm.Activations;

namespace Saltus.Cli;

/// <summary>The options that say which text a language model reads.</summary>
internal sealed class TextOptions
{
    private readonly Option<string[]> _text = OptionKinds.Texts(
        "--text",
        "FILE",
        "Text: .jsonl (a document a line), .txt, also .gz or .zst, .parquet, token ids in .npy, a folder of these, or - for lines of JSON on standard input; may be repeated.",
        isRequired: true);

    private readonly Option<string> _column = Column();

    /// <summary>Creates the option that names the text's field or column.</summary>
    public static Option<string> Column() => OptionKinds.Text("--column", "NAME", "Field of the lines, or column of the table, that holds the text; default text.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_text);
        command.Options.Add(_column);
    }

    /// <summary>Opens the text.</summary>
    /// <exception cref="InputException">A file is not there, or is none that is read.</exception>
    public TextInput Open(ParseResult values, DocumentPart? part = null) => new(values.GetRequiredValue(_text), values.GetValue(_column), part);
}
