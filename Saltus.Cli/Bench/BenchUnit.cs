namespace Saltus.Cli.Bench;

/// <summary>Units of work.</summary>
internal enum BenchUnit
{
    /// <summary>A floating-point operation; a fused multiply-add counts as two.</summary>
    Flop,

    /// <summary>A byte read or written.</summary>
    Byte,
}
