namespace Saltus.Cli.Bench;

/// <summary>A case and the floor that it is held against, timed in turns.</summary>
/// <param name="Case">What is of interest.</param>
/// <param name="Floor">What it cannot or should not be faster than; null for a floor itself.</param>
internal readonly record struct BenchPair(BenchCase Case, BenchCase? Floor);
