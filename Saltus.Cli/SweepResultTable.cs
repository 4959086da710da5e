using Saltus.Reports;

namespace Saltus.Cli;

/// <summary>The results of a sweep as a table for people.</summary>
internal static class SweepResultTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="report">The results.</param>
    public static void Write(TextWriter output, SweepReport report)
    {
        bool hasLosses = report.Rows.Any(row => row.Fidelity?.DeltaLoss is not null);
        TextTable table = hasLosses
            ? new("SAE", "L0>", "FVU>", "delta loss>", "95 %", "recovered>", "dead>", "ms a step>")
            : new("SAE", "L0>", "FVU>", "95 %", "dead>", "ms a step>");
        foreach (SweepRow row in report.Rows)
        {
            string cost = row.StepSeconds is double seconds ? $"{1000 * seconds / row.Steps:F1}" : "-";
            FidelityMeasures? fidelity = row.Fidelity;
            (string l0, string fvu, string dead) = ($"{fidelity?.L0?.Value:F2}", $"{fidelity?.Fvu?.Value:F4}", $"{fidelity?.Dead}");
            if (hasLosses)
            {
                table.Add(row.Name, l0, fvu, $"{fidelity?.DeltaLoss?.Value:F4}", Interval(fidelity?.DeltaLoss), $"{fidelity?.LossRecovered?.Value:F4}", dead, cost);
            }
            else
            {
                table.Add(row.Name, l0, fvu, Interval(fidelity?.Fvu), dead, cost);
            }
        }

        table.Write(output);
    }

    private static string Interval(Measurement? measurement) =>
        measurement?.Interval is ConfidenceInterval interval ? $"{interval.Low:F4} … {interval.High:F4}" : string.Empty;
}
