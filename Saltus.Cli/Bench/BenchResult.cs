namespace Saltus.Cli.Bench;

/// <summary>A group's rows.</summary>
/// <param name="Name">Of the group.</param>
/// <param name="Title">What it measures.</param>
/// <param name="Rows">What was measured.</param>
internal sealed record BenchResult(string Name, string Title, IReadOnlyList<BenchRow> Rows);
