namespace Saltus.Reports;

/// <summary>What a sweep found: the content of <c>results.json</c>, <c>results.csv</c> and of its page.</summary>
public sealed record SweepReport
{
    /// <summary>Gets the heading, such as "4 methods on resid_post, layer 2, of sample-lm".</summary>
    public required string Title { get; init; }

    /// <summary>Gets what was trained and evaluated on what, for the head of the page.</summary>
    public IReadOnlyList<ReportFact> Facts { get; init; } = [];

    /// <summary>Gets the SAEs, in the order of the declaration.</summary>
    public required IReadOnlyList<SweepRow> Rows { get; init; }

    /// <summary>Marks the SAEs on the Pareto fronts, each width for itself, and gives each its part of the cost.</summary>
    /// <param name="rows">SAEs.</param>
    /// <returns>The same SAEs.</returns>
    public static IReadOnlyList<SweepRow> Complete(IReadOnlyList<SweepRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        double cost = rows.Sum(row => row.StepSeconds ?? 0);
        return
        [
            .. rows.Select(row => row with
            {
                CostShare = row.StepSeconds is double own && cost > 0 ? own / cost : null,
                IsOnFvuFront = IsOnFront(row, rows, fidelity => fidelity.Fvu),
                IsOnDeltaLossFront = IsOnFront(row, rows, fidelity => fidelity.DeltaLoss),
            }),
        ];
    }

    private static bool IsOnFront(SweepRow row, IReadOnlyList<SweepRow> rows, Func<FidelityMeasures, Measurement?> measure)
    {
        return Point(row) is (double l0, double value) && !rows.Any(other => other.Width == row.Width && Point(other) is (double l, double v) && l <= l0 && v <= value && (l < l0 || v < value));

        (double L0, double Value)? Point(SweepRow of) =>
            of.Fidelity is { L0: { } l0 } fidelity && measure(fidelity) is { } found && double.IsFinite(found.Value) ? (l0.Value, found.Value) : null;
    }
}
