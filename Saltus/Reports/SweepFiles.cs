using System.Globalization;
using System.Text;
using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Reports;

/// <summary>Writes a sweep's results as JSON and as a table with a line an SAE.</summary>
public static class SweepFiles
{
    private static readonly (string Name, Func<SweepRow, object?> Value)[] s_columns =
    [
        ("name", row => row.Name),
        ("method", row => row.Method),
        ("width", row => row.Width),
        ("target_l0", row => row.TargetL0),
        ("lambda", row => row.Lambda),
        ("learning_rate", row => row.LearningRate),
        ("seed", row => row.Seed),
        ("tokens", row => row.Tokens),
        .. Measured("l0", fidelity => fidelity.L0),
        .. Measured("fvu", fidelity => fidelity.Fvu),
        .. Measured("delta_loss", fidelity => fidelity.DeltaLoss),
        .. Measured("loss_recovered", fidelity => fidelity.LossRecovered),
        .. Measured("kl", fidelity => fidelity.Kl),
        ("dead", row => row.Fidelity?.Dead),
        ("above_1_percent", row => row.Fidelity?.Above1Percent),
        ("above_10_percent", row => row.Fidelity?.Above10Percent),
        ("on_fvu_front", row => row.IsOnFvuFront),
        ("on_delta_loss_front", row => row.IsOnDeltaLossFront),
        ("step_seconds", row => row.StepSeconds),
        ("milliseconds_a_step", row => 1000 * row.StepSeconds / row.Steps),
        ("cost_share", row => row.CostShare),
    ];

    /// <summary>Writes the table: comma-separated, a head, a line an SAE; what was not measured is empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="report">The results.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void WriteTable(string path, SweepReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        StringBuilder table = new();
        table.AppendJoin(',', s_columns.Select(column => column.Name)).Append('\n');
        foreach (SweepRow row in report.Rows)
        {
            table.AppendJoin(',', s_columns.Select(column => Text(column.Value(row)))).Append('\n');
        }

        AtomicFile.WriteText(path, table.ToString());
    }

    /// <summary>Writes the results: a row an SAE with its frequency histogram, and a summary over seeds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="report">The results.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void WriteResults(string path, SweepReport report) => AtomicFile.WriteJson(path, writer => WriteResults(writer, report));

    /// <summary>Writes the results into a larger document, or to standard output.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="report">The results.</param>
    public static void WriteResults(Utf8JsonWriter writer, SweepReport report)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(report);
        writer.WriteStartObject();
        writer.WriteString("title", report.Title);
        writer.WriteStartObject("facts");
        foreach (ReportFact fact in report.Facts)
        {
            writer.WriteString(fact.Name, fact.Value);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("saes");
        foreach (SweepRow row in report.Rows)
        {
            WriteRow(writer, row);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("summary");
        foreach (SweepSummary summary in SweepSummary.Of(report.Rows))
        {
            WriteSummary(writer, summary);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static (string Name, Func<SweepRow, object?> Value)[] Measured(string name, Func<FidelityMeasures, Measurement?> measure)
    {
        return
        [
            (name, row => Of(row)?.Value),
            (name + "_low", row => Of(row)?.Interval?.Low),
            (name + "_high", row => Of(row)?.Interval?.High),
        ];

        Measurement? Of(SweepRow row) => row.Fidelity is null ? null : measure(row.Fidelity);
    }

    private static string Text(object? value) => value switch
    {
        null => string.Empty,
        bool flag => flag ? "true" : "false",
        double number when !double.IsFinite(number) => string.Empty,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void WriteRow(Utf8JsonWriter writer, SweepRow row)
    {
        writer.WriteStartObject();
        foreach ((string name, Func<SweepRow, object?> value) in s_columns)
        {
            Write(writer, name, value(row));
        }

        writer.WriteStartObject("frequency_histogram");
        writer.WriteStartArray("log10_edges");
        foreach (double edge in row.FrequencyHistogram.Count == 0 ? [] : row.FrequencyHistogram.Select(bin => bin.Low).Append(row.FrequencyHistogram[^1].High))
        {
            writer.WriteNumberValue(edge);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("counts");
        foreach (HistogramBin bin in row.FrequencyHistogram)
        {
            writer.WriteNumberValue(bin.Count);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter writer, SweepSummary summary)
    {
        SweepRow first = summary.Rows[0];
        writer.WriteStartObject();
        Write(writer, "method", first.Method);
        Write(writer, "width", first.Width);
        Write(writer, "target_l0", first.TargetL0);
        Write(writer, "lambda", first.Lambda);
        Write(writer, "learning_rate", first.LearningRate);
        Write(writer, "seeds", summary.Rows.Count);
        foreach ((string name, SeedSpread? spread) in new[]
        {
            ("l0", summary.L0), ("fvu", summary.Fvu), ("delta_loss", summary.DeltaLoss), ("loss_recovered", summary.LossRecovered), ("dead_share", summary.DeadShare),
        })
        {
            Write(writer, name, spread?.Mean);
            Write(writer, name + "_deviation", spread?.Deviation);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case string text:
                writer.WriteString(name, text);
                break;
            case bool flag:
                writer.WriteBoolean(name, flag);
                break;
            case int number:
                writer.WriteNumber(name, number);
                break;
            case long number:
                writer.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteNull(name);
                break;
        }
    }
}
