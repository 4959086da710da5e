using System.Text.Json;

namespace Saltus.Reports;

/// <summary>Writes the data block of a sweep's page. What each array means is said again in Assets/sweep.js, which reads them.</summary>
internal static class SweepData
{
    private static readonly JsonWriterOptions s_options = new() { SkipValidation = true };

    /// <summary>Writes the block.</summary>
    /// <param name="report">The results.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(SweepReport report, Stream stream)
    {
        stream.Write("<script type=\"application/json\" id=\"report-data\">"u8);
        using (Utf8JsonWriter json = new(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteString("title", ReportTexts.Clean(report.Title));
            json.WriteStartArray("facts");
            foreach (ReportFact fact in report.Facts)
            {
                json.WriteStartArray();
                json.WriteStringValue(ReportTexts.Clean(fact.Name));
                json.WriteStringValue(ReportTexts.Clean(fact.Value));
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("rows");
            foreach (SweepRow row in report.Rows)
            {
                WriteRow(json, row);
            }

            json.WriteEndArray();
            json.WriteStartArray("summary");
            foreach (SweepSummary summary in SweepSummary.Of(report.Rows))
            {
                WriteSummary(json, summary);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.Write("</script>\n"u8);
    }

    private static void WriteRow(Utf8JsonWriter json, SweepRow row)
    {
        FidelityMeasures? fidelity = row.Fidelity;
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        json.WriteString("method", row.Method);
        json.WriteNumber("width", row.Width);
        json.WriteString("target", Target(row));
        json.WriteString("seed", $"{row.Seed}");
        Number(json, "learningRate", row.LearningRate);
        Measured(json, "l0", fidelity?.L0);
        Measured(json, "fvu", fidelity?.Fvu);
        Measured(json, "deltaLoss", fidelity?.DeltaLoss);
        Measured(json, "lossRecovered", fidelity?.LossRecovered);
        Number(json, "dead", fidelity?.Dead);
        Number(json, "above1", fidelity?.Above1Percent);
        Number(json, "above10", fidelity?.Above10Percent);
        Number(json, "milliseconds", 1000 * row.StepSeconds / row.Steps);
        Number(json, "share", row.CostShare);
        json.WriteBoolean("onFvuFront", row.IsOnFvuFront);
        json.WriteBoolean("onDeltaLossFront", row.IsOnDeltaLossFront);
        json.WritePropertyName("histogram");
        JsonNumbers.WriteHistogram(json, row.FrequencyHistogram);
        json.WriteEndObject();
    }

    private static void WriteSummary(Utf8JsonWriter json, SweepSummary summary)
    {
        SweepRow first = summary.Rows[0];
        json.WriteStartObject();
        json.WriteString("label", string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{first.Method}, {Target(first)}, M {first.Width}{(first.LearningRate is double rate ? $", lr {rate}" : string.Empty)}"));
        json.WriteNumber("seeds", summary.Rows.Count);
        Spread(json, "l0", summary.L0);
        Spread(json, "fvu", summary.Fvu);
        Spread(json, "deltaLoss", summary.DeltaLoss);
        Spread(json, "lossRecovered", summary.LossRecovered);
        Spread(json, "deadShare", summary.DeadShare);
        json.WriteEndObject();
    }

    private static string Target(SweepRow row) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{(row.TargetL0 is double l0 ? $"L0 {l0}" : $"λ {row.Lambda}")}");

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            JsonNumbers.WriteLong(json, value);
        }
    }

    private static void Measured(Utf8JsonWriter json, string name, Measurement? measurement)
    {
        if (measurement is { } measured)
        {
            json.WriteStartArray(name);
            JsonNumbers.WriteLong(json, measured.Value);
            JsonNumbers.WriteLong(json, measured.Interval?.Low);
            JsonNumbers.WriteLong(json, measured.Interval?.High);
            json.WriteEndArray();
        }
    }

    private static void Spread(Utf8JsonWriter json, string name, SeedSpread? spread)
    {
        if (spread is { } found)
        {
            json.WriteStartArray(name);
            JsonNumbers.WriteLong(json, found.Mean);
            JsonNumbers.WriteLong(json, found.Deviation);
            json.WriteEndArray();
        }
    }
}
