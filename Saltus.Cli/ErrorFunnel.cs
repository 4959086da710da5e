namespace Saltus.Cli;

/// <summary>Turns whatever ended a command into one line on stderr and an exit code.</summary>
internal static class ErrorFunnel
{
    /// <summary>The environment variable that asks for stack traces.</summary>
    public const string TraceVariable = "SALTUS_TRACE";

    /// <summary>Reports an exception.</summary>
    /// <param name="exception">What came out of a command.</param>
    /// <param name="context">Where the line goes.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception exception, ToolContext context)
    {
        Exception cause = Unwrap(exception);
        (string line, int code) = Describe(cause, context.Cancellation.IsCancellationRequested);
        context.Error.WriteLine($"{Tool.Name}: {InputException.OneLine(line)}");
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1")
        {
            context.Error.WriteLine(exception);
        }

        return code;
    }

    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [Exception only] } => Unwrap(only),
        TypeInitializationException { InnerException: { } inner } => Unwrap(inner),
        _ => exception,
    };

    private static (string Line, int Code) Describe(Exception cause, bool isCancelled) => cause switch
    {
        OperationCanceledException when isCancelled => ("interrupted", ExitCode.Interrupted),
        InputException => (cause.Message, ExitCode.BadInput),
        IOException or UnauthorizedAccessException => (cause.Message, ExitCode.BadInput),
        OutOfMemoryException => ("out of memory: ask for a smaller --width, --batch or --context, or close other programs", ExitCode.BadInput),
        _ => ($"internal error: {cause.GetType().Name}: {cause.Message} Please report this, with what {TraceVariable}=1 prints", ExitCode.BadInput),
    };
}
