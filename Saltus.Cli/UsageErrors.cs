using System.CommandLine;
using System.CommandLine.Parsing;

namespace Saltus.Cli;

/// <summary>Finds what is wrong with a command line and says it in one line, with the nearest known name.</summary>
internal static class UsageErrors
{
    /// <summary>Refuses a command line with an error in it.</summary>
    /// <param name="parsed">The command line as it was parsed.</param>
    /// <param name="arguments">The same as it was typed.</param>
    /// <exception cref="UsageException">Something is wrong.</exception>
    public static void Check(ParseResult parsed, string[] arguments)
    {
        Command command = parsed.CommandResult.Command;
        string help = $"see '{PathOf(command)} --help'";
        string prefix = command is RootCommand ? string.Empty : $"{PathOf(command)[(Tool.Name.Length + 1)..]}: ";
        CheckOptionNames(command, prefix, help, arguments);
        if (parsed.UnmatchedTokens is [string stray, ..])
        {
            throw command.Subcommands.Count > 0
                ? new UsageException($"{prefix}unknown command '{stray}'{Suggest(stray, command.Subcommands.Select(known => known.Name))}; {help}")
                : new UsageException($"{prefix}unexpected argument '{stray}'; {help}");
        }

        if (command.Subcommands.Count > 0)
        {
            throw new UsageException($"{prefix}expected one of {string.Join(", ", command.Subcommands.Select(known => known.Name))} behind it, found nothing; {help}");
        }

        foreach (Option required in command.Options.Where(option => option.Required && parsed.GetResult(option) is not { Implicit: false }))
        {
            throw new UsageException($"{prefix}expected {required.Name} {required.HelpName}, found no such option; {help}");
        }

        foreach (ParseError error in parsed.Errors)
        {
            throw new UsageException($"{prefix}{Describe(error)}; {help}");
        }
    }

    /// <summary>Gets the options that a command takes, those of the commands above it included.</summary>
    /// <param name="command">The command.</param>
    /// <returns>Its own first.</returns>
    public static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(option => option.Recursive)).Where(option => !option.Hidden).Distinct();

    /// <summary>Gets the words that lead to a command.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : Tool.Name;

    /// <summary>
    /// Looks for option names that the command does not have. The parser alone would take such a name for the value of the option or
    /// argument before it, and complain about something else. A value that begins with two dashes can be given behind '='.
    /// </summary>
    private static void CheckOptionNames(Command command, string prefix, string help, string[] arguments)
    {
        string[] known = [.. OptionsOf(command).SelectMany(option => option.Aliases.Append(option.Name))];
        foreach (string argument in arguments.TakeWhile(argument => argument != "--"))
        {
            if (argument.Length < 2 || argument[0] != '-' || (argument[1] != '-' && !char.IsAsciiLetter(argument[1])))
            {
                continue;
            }

            string name = argument.Split('=', ':')[0];
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw new UsageException($"{prefix}unknown option '{name}'{Suggest(name, known)}; {help}");
            }
        }
    }

    private static string Suggest(string name, IEnumerable<string> known) =>
        NearestName.Find(name, known) is { } nearest ? $", perhaps '{nearest}' was meant" : string.Empty;

    private static string Describe(ParseError error)
    {
        switch (error.SymbolResult)
        {
            case OptionResult { Tokens.Count: 0, Implicit: false } option:
                return $"{option.Option.Name}: expected {option.Option.HelpName ?? "a value"} behind it, found nothing";
            case OptionResult { IdentifierTokenCount: > 1 } option when option.Option.Arity.MaximumNumberOfValues == 1:
                return $"{option.Option.Name}: expected once, found {option.IdentifierTokenCount} times";
            case ArgumentResult { Tokens.Count: 0 } argument when argument.Argument is { } missing && argument.Parent is CommandResult:
                return $"expected {missing.HelpName ?? missing.Name}, found nothing";
            default:
                return error.Message.TrimEnd('.');
        }
    }
}
