using System.CommandLine;

namespace Saltus.Cli;

/// <summary>The whole program: arguments in, exit code out.</summary>
internal static class Tool
{
    /// <summary>The name that users type.</summary>
    public const string Name = "saltus";

    private static readonly ParserConfiguration s_parsing = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        using Interruption interruption = new();
        ToolContext context = new(Console.Out, Console.Error, interruption, TimeProvider.System);
        try
        {
            ToolCommand root = new(context);
            ParseResult parsed = root.Parse(arguments, s_parsing);
            if (root.WantsPage(parsed, arguments))
            {
                HelpPage.Write(parsed.CommandResult.Command, context.Out);
                return ExitCode.Done;
            }

            if (root.WantsVersion(parsed))
            {
                context.Out.WriteLine(ToolCommand.Version);
                return ExitCode.Done;
            }

            // A shell that completes a half-typed line asks so; its errors are to be expected.
            if (!arguments[0].StartsWith("[suggest", StringComparison.Ordinal))
            {
                UsageErrors.Check(parsed, arguments);
            }

            InvocationConfiguration invocation = new()
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = context.Out,
                Error = context.Error,
            };
            return parsed.Invoke(invocation);
        }
        catch (Exception exception)
        {
            return ErrorFunnel.Report(exception, context);
        }
        finally
        {
            context.Out.Flush();
        }
    }
}
