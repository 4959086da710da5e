namespace Saltus.Cli;

/// <summary>Progress as plain lines at intervals, for logs. Work that is over before the first interval says nothing.</summary>
/// <param name="context">The tool.</param>
internal sealed class PlainProgress(ToolContext context) : IWorkProgress
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private readonly ProgressText _text = new(context.Time);
    private long _shown = context.Time.GetTimestamp();

    /// <inheritdoc/>
    public void Note(string line) => context.Error.WriteLine(line);

    /// <inheritdoc/>
    public void Report(WorkDone value)
    {
        string line = _text.Line(value);
        if (context.Time.GetElapsedTime(_shown) >= s_interval)
        {
            _shown = context.Time.GetTimestamp();
            context.Error.WriteLine(line);
        }
    }
}
