namespace Saltus.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Done, and every check said yes.</summary>
    public const int Done = 0;

    /// <summary>A check said no: a comparison beyond its tolerance.</summary>
    public const int CheckFailed = 1;

    /// <summary>Bad usage or bad input: one line on stderr says what.</summary>
    public const int BadInput = 2;

    /// <summary>SIGINT or SIGTERM, by the shells' convention for the former.</summary>
    public const int Interrupted = 130;
}
