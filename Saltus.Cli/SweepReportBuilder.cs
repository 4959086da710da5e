using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Puts a sweep's results together from its run folders.</summary>
internal static class SweepReportBuilder
{
    /// <summary>Builds the results.</summary>
    /// <param name="sweep">The declaration.</param>
    /// <param name="members">The SAEs, all trained.</param>
    /// <param name="folder">The sweep.</param>
    /// <param name="model">The language model's name; null for none.</param>
    /// <param name="site">The site; null for own vectors.</param>
    /// <returns>The results.</returns>
    public static SweepReport Build(SweepConfiguration sweep, IReadOnlyList<SweepMember> members, SweepFolder folder, string? model, Site? site)
    {
        SweepRow[] rows = [.. members.Select(member => Row(member, folder.PathOf(member)))];
        string what = sweep.Methods.Count == 1 ? $"{rows.Length} SAEs" : $"{sweep.Methods.Count} methods";
        string where = site is Site place ? $"{place.Name}{(place.Layer is int layer ? $", layer {layer}" : string.Empty)}, of {model}" : Path.GetFileName(sweep.Activations!);
        return new SweepReport
        {
            Title = $"{what} on {where}",
            Facts = [.. Facts(sweep, members, rows, model, site)],
            Rows = SweepReport.Complete(rows),
        };
    }

    private static IEnumerable<ReportFact> Facts(SweepConfiguration sweep, IReadOnlyList<SweepMember> members, SweepRow[] rows, string? model, Site? site)
    {
        yield return new ReportFact("Methods", string.Join(", ", sweep.Methods));
        yield return new ReportFact(sweep.L0 is null ? "λ" : "Target L0", Join(sweep.L0 ?? sweep.Lambda ?? []));
        yield return new ReportFact("Latents, M", string.Join(", ", sweep.Widths));
        if (sweep.LearningRates is not null)
        {
            yield return new ReportFact("Learning rates", Join(sweep.LearningRates));
        }

        yield return new ReportFact("Seeds", string.Join(", ", sweep.Seeds));
        yield return new ReportFact("Training tokens of each", $"{sweep.Tokens:N0}");
        yield return new ReportFact("Batch", $"{members[0].Configuration.Batch:N0} vectors, the same for all");
        yield return new ReportFact("Trained on", Path.GetFileName(Path.TrimEndingDirectorySeparator(sweep.Text ?? sweep.Activations!)));
        if (model is not null && site is not null)
        {
            yield return new ReportFact("Model", model);
            yield return new ReportFact("Site", site.Value.HookName ?? site.Value.ToString());
            yield return new ReportFact("Context", $"{sweep.Context} tokens");
        }

        if (rows[0].Fidelity is FidelityMeasures fidelity)
        {
            yield return new ReportFact("Evaluated on", $"{fidelity.Text}: {fidelity.Tokens:N0} tokens of {fidelity.Documents:N0} documents");
            yield return new ReportFact("Intervals", fidelity.IntervalNote);
        }

        yield return new ReportFact("Program", $"saltus {ToolCommand.Version}");
    }

    private static string Join(IEnumerable<double> values) =>
        string.Join(", ", values.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static SweepRow Row(SweepMember member, string path)
    {
        RunConfiguration run = member.Configuration;
        string evaluation = Path.Combine(path, EvaluationFile.Name);
        EvaluationResult? result = File.Exists(evaluation)
            ? EvaluationFile.Read(evaluation) with { Intervals = IntervalsFile.Read(Path.Combine(path, IntervalsFile.Name)) }
            : null;
        return new SweepRow
        {
            Name = member.Name,
            Method = run.Method!,
            Width = run.Width,
            TargetL0 = run.L0,
            Lambda = run.Lambda,
            LearningRate = run.LearningRate,
            Seed = run.Seed,
            Tokens = run.Tokens,
            Steps = run.Steps(),
            StepSeconds = StepSeconds(Path.Combine(path, RunFolder.TimingsName)),
            Fidelity = result?.ToFidelityMeasures(),
            FrequencyHistogram = result?.FrequencyHistogram ?? [],
        };
    }

    /// <summary>The run's time, reading left out, from the last whole line of its timings.</summary>
    private static double? StepSeconds(string path)
    {
        if (!File.Exists(path) || File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [.., string last])
        {
            return null;
        }

        JsonFields fields = JsonFields.Parse(last, path);
        return fields.GetDouble("seconds") - fields.GetDouble("reading_seconds");
    }
}
