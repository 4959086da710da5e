namespace Saltus.Cli;

/// <summary>The text of a progress line: done, rate, time left. One stage at a time; a new stage starts the clock again.</summary>
/// <param name="time">The clock.</param>
internal sealed class ProgressText(TimeProvider time)
{
    /// <summary>Below this a rate is guesswork.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(1);

    private string? _stage;
    private long _began;
    private long _first;

    /// <summary>Makes the line.</summary>
    /// <param name="work">How far the work has come.</param>
    /// <returns>Such as "train: 1.20M of 2.05M tokens, 52.1k tokens/s, 16 s left, L0 33.1".</returns>
    public string Line(WorkDone work)
    {
        if (_stage != work.Stage)
        {
            (_stage, _began, _first) = (work.Stage, time.GetTimestamp(), work.Done);
        }

        string line = work.Of is long all
            ? $"{work.Stage}: {Counts.Short(work.Done)} of {Counts.Short(all)} {work.Unit}"
            : $"{work.Stage}: {Counts.Short(work.Done)} {work.Unit}";
        TimeSpan elapsed = time.GetElapsedTime(_began);
        if (elapsed >= s_settled && work.Done > _first)
        {
            double rate = (work.Done - _first) / elapsed.TotalSeconds;
            line += $", {Counts.Short(rate)} {work.Unit}/s";
            if (work.Of is long end && end > work.Done)
            {
                line += $", {Duration((end - work.Done) / rate)} left";
            }
        }

        return work.Detail is null ? line : $"{line}, {work.Detail}";
    }

    /// <summary>Writes a duration shortly.</summary>
    /// <param name="seconds">Seconds.</param>
    /// <returns>Such as "16 s", "2:05 min", "1:02 h".</returns>
    public static string Duration(double seconds)
    {
        const int Minute = 60;
        const int Hour = 60 * Minute;
        long whole = (long)Math.Ceiling(Math.Min(seconds, int.MaxValue));
        return whole < Minute ? $"{whole} s"
            : whole < Hour ? $"{whole / Minute}:{whole % Minute:00} min"
            : $"{whole / Hour}:{whole % Hour / Minute:00} h";
    }
}
