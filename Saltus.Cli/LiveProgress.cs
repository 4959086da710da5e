using Spectre.Console;

namespace Saltus.Cli;

/// <summary>Progress as a line on a terminal that is drawn again and again.</summary>
/// <param name="console">Where the display is drawn.</param>
/// <param name="live">Spectre's display.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveProgress(IAnsiConsole console, Spectre.Console.ProgressContext live, TimeProvider time) : IWorkProgress
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly ProgressText _text = new(time);
    private ProgressTask? _task;
    private string? _stage;
    private long _shown;

    /// <inheritdoc/>
    public void Note(string line) => console.WriteLine(line);

    /// <inheritdoc/>
    public void Report(WorkDone value)
    {
        bool isNew = _stage != value.Stage;
        if (!isNew && value.Done != value.Of && time.GetElapsedTime(_shown) < s_interval)
        {
            return;
        }

        if (isNew)
        {
            _task?.StopTask();
            _task?.Value = _task.MaxValue;
            _task = live.AddTask(Markup.Escape(value.Stage));
            _stage = value.Stage;
        }

        _shown = time.GetTimestamp();
        _task!.IsIndeterminate = value.Of is null;
        _task.MaxValue = Math.Max(1, value.Of ?? 1);
        _task.Value = value.Of is null ? 0 : value.Done;
        _task.Description = Markup.Escape(_text.Line(value));
    }
}
