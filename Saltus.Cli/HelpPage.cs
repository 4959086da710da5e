using System.CommandLine;

namespace Saltus.Cli;

/// <summary>Writes help: one page for the program, one a command. The same text on every terminal.</summary>
internal static class HelpPage
{
    private const int Width = 100;
    private const int LongestName = 34;

    /// <summary>Writes the page of a command.</summary>
    /// <param name="command">The program, a group or a verb.</param>
    /// <param name="output">Where to.</param>
    public static void Write(Command command, TextWriter output)
    {
        string path = UsageErrors.PathOf(command);
        output.WriteLine($"{path}: {command.Description}");
        output.WriteLine();
        output.WriteLine($"Usage: {path} {(command is Verb verb ? verb.Usage : "COMMAND [options]")}");
        foreach (string remark in (command as Verb)?.Remarks ?? [])
        {
            output.WriteLine();
            Wrap(remark, indent: 0, firstIndent: 0, output);
        }

        if (command.Subcommands.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Commands:");
            WriteRows(command.Subcommands.Select(sub => (sub.Name, sub.Description ?? string.Empty)), output);
        }

        if (command.Arguments.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Arguments:");
            WriteRows(command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? string.Empty)), output);
        }

        output.WriteLine();
        output.WriteLine("Options:");
        WriteRows(UsageErrors.OptionsOf(command).Select(Row), output);
        WriteEnd(command, output);
    }

    private static void WriteEnd(Command command, TextWriter output)
    {
        output.WriteLine();
        switch (command)
        {
            case Verb verb:
                output.WriteLine(verb.Examples.Count == 1 ? "Example:" : "Examples:");
                foreach (string example in verb.Examples)
                {
                    output.WriteLine($"  {example}");
                }

                break;
            case RootCommand:
                output.WriteLine($"'{Tool.Name} COMMAND --help' shows a command with an example that runs.");
                output.WriteLine();
                Wrap("Counts take the suffixes k, M and B (1000, 1e6, 1e9). Layers, positions and latents are counted from 0.", 0, 0, output);
                Wrap("Results go to stdout, the rest to stderr. Exit codes: 0 done; 1 a check said no; 2 bad usage or bad input; 130 interrupted.", 0, 0, output);
                break;
            default:
                output.WriteLine($"'{UsageErrors.PathOf(command)} COMMAND --help' shows an example.");
                break;
        }
    }

    private static (string Name, string Description) Row(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias is "-h").Append(option.Name));
        string name = option.ValueType == typeof(bool) || option.HelpName is null ? names : $"{names} {option.HelpName}";
        return (name, option.Required ? $"{option.Description} Required." : option.Description ?? string.Empty);
    }

    private static void WriteRows(IEnumerable<(string Name, string Description)> rows, TextWriter output)
    {
        (string Name, string Description)[] all = [.. rows];
        int column = Math.Min(LongestName, all.Max(row => row.Name.Length)) + 4;
        foreach ((string name, string description) in all)
        {
            output.Write($"  {name}");
            int at = name.Length + 2;
            if (at > column - 2)
            {
                output.WriteLine();
                at = 0;
            }

            Wrap(description, column, column - at, output);
        }
    }

    private static void Wrap(string text, int indent, int firstIndent, TextWriter output)
    {
        output.Write(new string(' ', firstIndent));
        int at = indent;
        foreach (string word in text.Split(' '))
        {
            if (at > indent && at + 1 + word.Length > Width)
            {
                output.WriteLine();
                output.Write(new string(' ', indent));
                at = indent;
            }

            if (at > indent)
            {
                output.Write(' ');
                at++;
            }

            output.Write(word);
            at += word.Length;
        }

        output.WriteLine();
    }
}
