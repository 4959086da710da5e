namespace Saltus.Cli.Bench;

/// <summary>What one run of a case gets done, in the unit by which it is compared with its floor.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Unit">Of what.</param>
internal readonly record struct BenchWork(double Amount, BenchUnit Unit)
{
    /// <summary>Floating-point operations, a fused multiply-add counted as two.</summary>
    public static BenchWork Flops(double amount) => new(amount, BenchUnit.Flop);

    /// <summary>Bytes read and written.</summary>
    public static BenchWork Bytes(double amount) => new(amount, BenchUnit.Byte);
}
