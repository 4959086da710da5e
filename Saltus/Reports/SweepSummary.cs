namespace Saltus.Reports;

/// <summary>The SAEs of a sweep that differ in their seeds alone, taken together.</summary>
/// <param name="Rows">The SAEs, at least one; all evaluated.</param>
public sealed record SweepSummary(IReadOnlyList<SweepRow> Rows)
{
    /// <summary>Gets L0 over seeds.</summary>
    public SeedSpread L0 => SeedSpread.Of(Rows.Select(row => row.Fidelity!.L0!.Value.Value));

    /// <summary>Gets FVU over seeds.</summary>
    public SeedSpread Fvu => SeedSpread.Of(Rows.Select(row => row.Fidelity!.Fvu!.Value.Value));

    /// <summary>Gets the delta loss over seeds, in nats a token; null without a language model.</summary>
    public SeedSpread? DeltaLoss => Rows[0].Fidelity!.DeltaLoss is null ? null : SeedSpread.Of(Rows.Select(row => row.Fidelity!.DeltaLoss!.Value.Value));

    /// <summary>Gets the loss recovered over seeds; null without a language model.</summary>
    public SeedSpread? LossRecovered => Rows[0].Fidelity!.LossRecovered is null ? null : SeedSpread.Of(Rows.Select(row => row.Fidelity!.LossRecovered!.Value.Value));

    /// <summary>Gets the share of latents that are dead, over seeds.</summary>
    public SeedSpread DeadShare => SeedSpread.Of(Rows.Select(row => (double)row.Fidelity!.Dead!.Value / row.Width));

    /// <summary>Puts the SAEs of a sweep together that differ in their seeds alone.</summary>
    /// <param name="rows">The SAEs; those that were not evaluated are left out.</param>
    /// <returns>In the order of the rows.</returns>
    public static IReadOnlyList<SweepSummary> Of(IEnumerable<SweepRow> rows) =>
    [
        .. rows.Where(row => row.Fidelity is not null)
            .GroupBy(row => (row.Method, row.Width, row.TargetL0, row.Lambda, row.LearningRate))
            .Select(group => new SweepSummary([.. group])),
    ];
}
