using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Parameters;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Saltus.Benchmarks;

/// <summary>Work a second, in billions: the work of a call over its mean time.</summary>
internal sealed class RateColumn(string name, Func<KernelBenchmark, double> work) : IColumn
{
    public string Id => ColumnName;

    public string ColumnName { get; } = name;

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => $"{ColumnName}: by the mean time";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        KernelBenchmark kernel = (KernelBenchmark)Activator.CreateInstance(benchmarkCase.Descriptor.Type)!;
        foreach (ParameterInstance parameter in benchmarkCase.Parameters.Items)
        {
            benchmarkCase.Descriptor.Type.GetProperty(parameter.Name)!.SetValue(kernel, parameter.Value);
        }

        double amount = work(kernel);
        return amount > 0 && summary[benchmarkCase]?.ResultStatistics is { } statistics ? $"{amount / statistics.Mean:F1}" : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;
}
