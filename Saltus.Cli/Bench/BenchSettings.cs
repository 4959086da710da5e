using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>What every group of a run shares.</summary>
/// <param name="team">Threads.</param>
/// <param name="time">The clock.</param>
/// <param name="isQuick">Whether smaller batches are measured.</param>
/// <param name="model">A language model beside the bundled one; null for none.</param>
internal sealed class BenchSettings(WorkTeam team, TimeProvider time, bool isQuick, string? model)
{
    /// <summary>Timed runs of a case.</summary>
    public const int DefaultRepeats = 7;

    /// <summary>Timed runs of a case in a quick run; fewer would not make a median.</summary>
    public const int LeastRepeats = 5;

    /// <summary>Gets the threads.</summary>
    public WorkTeam Team { get; } = team;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Gets whether smaller batches are measured.</summary>
    public bool IsQuick { get; } = isQuick;

    /// <summary>Gets a language model beside the bundled one; null for none.</summary>
    public string? Model { get; } = model;

    /// <summary>Gets the vectors of a step, B.</summary>
    public int Batch => IsQuick ? 1024 : 4096;
}
