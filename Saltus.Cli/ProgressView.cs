using Spectre.Console;

namespace Saltus.Cli;

/// <summary>Shows how far long work has come: a live line on a terminal, plain lines at intervals elsewhere; on stderr always.</summary>
internal static class ProgressView
{
    /// <summary>Does work under a progress line.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="context">The tool.</param>
    /// <param name="work">Is given what to report to; reports are cheap and may come thousands of times a second.</param>
    /// <returns>What the work gave.</returns>
    public static T Run<T>(ToolContext context, Func<IWorkProgress, T> work)
    {
        bool isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return isTerminal ? RunLive(context, work) : work(new PlainProgress(context));
    }

    private static T RunLive<T>(ToolContext context, Func<IWorkProgress, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Error) });
        return console.Progress()
            .AutoClear(enabled: true)
            .HideCompleted(enabled: true)
            .Columns(new ProgressBarColumn { Width = 24 }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(live => work(new LiveProgress(console, live, context.Time)));
    }
}
