using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Saltus.Cli;

/// <summary>Kinds of options: each reads its value the same way everywhere and says in one line what it expected and found.</summary>
internal static class OptionKinds
{
    /// <summary>An option with a text behind it, such as a path.</summary>
    public static Option<string> Text(string name, string valueName, string description, bool isRequired = false) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Required = isRequired,
        CustomParser = result => result.Tokens[0].Value is { Length: > 0 } value ? value : Fail<string>(result, name, valueName)!,
    };

    /// <summary>An option with a text behind it that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string valueName, string description, bool isRequired = false) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Required = isRequired,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>An option with a count behind it, which may have a suffix.</summary>
    public static Option<long?> Count(string name, string valueName, string description, long most = long.MaxValue) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => Counts.TryParse(result.Tokens[0].Value, out long count) && count >= 1 && count <= most
            ? count
            : Fail<long?>(result, name, most == long.MaxValue ? "a count of at least 1, such as 4096, 20k or 2M" : $"a count from 1 to {most}, such as 4096 or 20k"),
    };

    /// <summary>An option with a whole number behind it.</summary>
    public static Option<int?> Whole(string name, string valueName, string description, int least) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => ParseWhole(result.Tokens[0].Value, least) ?? Fail<int?>(result, name, $"a whole number of at least {least}"),
    };

    /// <summary>An option with a whole number behind it that may be given several times.</summary>
    public static Option<int[]> Wholes(string name, string valueName, string description, int least) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            int?[] values = [.. result.Tokens.Select(token => ParseWhole(token.Value, least))];
            int wrong = Array.IndexOf(values, null);
            return wrong < 0 ? [.. values.Select(value => value!.Value)] : Fail<int[]>(result, name, $"a whole number of at least {least}", wrong) ?? [];
        },
    };

    /// <summary>An option with a seed behind it.</summary>
    public static Option<long?> Seed(string name, string valueName, string description) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : Fail<long?>(result, name, "a whole number of at least 0"),
    };

    /// <summary>An option with a positive number behind it.</summary>
    public static Option<double?> Real(string name, string valueName, string description) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) && value > 0
            ? value
            : Fail<double?>(result, name, "a number above 0, such as 0.001 or 1e-3"),
    };

    /// <summary>An option with one of a few words behind it.</summary>
    public static Option<string> Choice(string name, string description, params string[] choices) => Named(name, string.Join('|', choices), description, choices);

    /// <summary>An option with one of many words behind it, which its description lists.</summary>
    public static Option<string> Named(string name, string valueName, string description, params string[] choices) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result => choices.Contains(result.Tokens[0].Value, StringComparer.Ordinal)
            ? result.Tokens[0].Value
            : Fail<string>(result, name, $"one of {string.Join(", ", choices)}")!,
    };

    /// <summary>An option with one of a few words behind it that may be given several times.</summary>
    public static Option<string[]> Choices(string name, string description, params string[] choices) => new(name)
    {
        HelpName = "NAME",
        Description = description,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            string[] values = [.. result.Tokens.Select(token => token.Value)];
            int wrong = Array.FindIndex(values, value => !choices.Contains(value, StringComparer.Ordinal));
            return wrong < 0 ? values : Fail<string[]>(result, name, $"one of {string.Join(", ", choices)}", wrong) ?? [];
        },
    };

    /// <summary>An option with a list of counts behind it, separated by commas; each may have a suffix.</summary>
    public static Option<int[]> CountList(string name, string valueName, string description, int most) => List(
        name, valueName, description, text => Counts.TryParse(text, out long count) && count >= 1 && count <= most ? (int)count : (int?)null, $"counts from 1 to {most}, such as 2048,16k");

    /// <summary>An option with a list of positive numbers behind it, separated by commas.</summary>
    public static Option<double[]> RealList(string name, string valueName, string description) => List(
        name,
        valueName,
        description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) && value > 0 ? value : (double?)null,
        "numbers above 0, such as 16,32,64");

    /// <summary>An option with a list of numbers of either sign behind it, separated by commas.</summary>
    public static Option<double[]> NumberList(string name, string valueName, string description) => List(
        name,
        valueName,
        description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && float.IsFinite((float)value)
            ? value
            : (double?)null,
        "numbers, such as -2,0.5,4");

    /// <summary>An option with a list of seeds behind it, separated by commas.</summary>
    public static Option<long[]> SeedList(string name, string valueName, string description) => List(
        name, valueName, description, text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : (long?)null, "whole numbers of at least 0, such as 0,1,2");

    /// <summary>An option with a list of words behind it, separated by commas, each one of many that its description lists.</summary>
    public static Option<string[]> NameList(string name, string valueName, string description, params string[] choices) => new(name)
    {
        HelpName = valueName,
        Description = description,
        CustomParser = result =>
        {
            string[] words = result.Tokens[0].Value.Split(',');
            string? wrong = words.FirstOrDefault(word => !choices.Contains(word, StringComparer.Ordinal));
            return wrong is null ? words : FailWith<string[]>(result, $"{name}: expected some of {string.Join(", ", choices)}, separated by commas, found '{wrong}'");
        },
    };

    private static Option<T[]> List<T>(string name, string valueName, string description, Func<string, T?> parse, string expected)
        where T : struct
    {
        return new Option<T[]>(name) { HelpName = valueName, Description = description, CustomParser = Read };

        T[]? Read(ArgumentResult result)
        {
            string[] parts = result.Tokens[0].Value.Split(',');
            T?[] values = [.. parts.Select(parse)];
            int wrong = Array.FindIndex(values, value => value is null);
            return wrong < 0 ? [.. values.Select(value => value!.Value)] : FailWith<T[]>(result, $"{name}: expected {expected}, found '{parts[wrong]}'");
        }
    }

    private static T? FailWith<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }

    private static int? ParseWhole(string text, int least) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value : null;

    private static T? Fail<T>(ArgumentResult result, string name, string expected, int token = 0)
    {
        result.AddError($"{name}: expected {expected}, found '{result.Tokens[token].Value}'");
        return default;
    }
}
