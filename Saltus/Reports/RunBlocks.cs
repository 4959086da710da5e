using System.Text.Json;

namespace Saltus.Reports;

/// <summary>Writes the parts of a report that are about the run as a whole.</summary>
internal static class RunBlocks
{
    /// <summary>Writes what was trained on what.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="provenance">The facts.</param>
    public static void WriteProvenance(Utf8JsonWriter json, RunProvenance provenance)
    {
        json.WriteStartObject("provenance");
        Text(json, "model", provenance.Model);
        Text(json, "site", provenance.Site);
        Number(json, "layer", provenance.Layer);
        Text(json, "hookName", provenance.HookName);
        Number(json, "width", provenance.Width);
        Number(json, "dimension", provenance.Dimension);
        Text(json, "method", provenance.Method);
        Number(json, "targetL0", provenance.TargetL0);
        Number(json, "tokens", provenance.Tokens);
        Number(json, "batch", provenance.Batch);
        // A seed is a name, not a quantity: as text it keeps all 64 bits.
        Text(json, "seed", provenance.Seed?.ToString());
        Number(json, "context", provenance.Context);
        Text(json, "recipe", provenance.Recipe);
        Text(json, "corpus", provenance.Corpus);
        Number(json, "wallSeconds", provenance.WallTime?.TotalSeconds);
        json.WriteStartArray("facts");
        foreach (ReportFact fact in provenance.Facts)
        {
            json.WriteStartArray();
            json.WriteStringValue(ReportTexts.Clean(fact.Name));
            json.WriteStringValue(ReportTexts.Clean(fact.Value));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the training as columns.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="points">The logged steps.</param>
    public static void WriteTraining(Utf8JsonWriter json, IReadOnlyList<TrainingPoint> points)
    {
        json.WriteStartObject("training");
        Column(json, "step", points, point => point.Step);
        Column(json, "tokens", points, point => point.Tokens);
        Column(json, "loss", points, point => point.Loss);
        Column(json, "reconstruction", points, point => point.Reconstruction);
        Column(json, "l0", points, point => point.L0);
        Column(json, "dead", points, point => point.Dead);
        Column(json, "fvu", points, point => point.Fvu);
        Column(json, "lambda", points, point => point.Lambda);
        Column(json, "learningRate", points, point => point.LearningRate);
        Column(json, "thresholdLow", points, point => point.Thresholds?.Low);
        Column(json, "thresholdLowerQuartile", points, point => point.Thresholds?.LowerQuartile);
        Column(json, "thresholdMedian", points, point => point.Thresholds?.Median);
        Column(json, "thresholdUpperQuartile", points, point => point.Thresholds?.UpperQuartile);
        Column(json, "thresholdHigh", points, point => point.Thresholds?.High);
        json.WriteEndObject();
    }

    /// <summary>Writes the fidelity: numbers, or [value, low, high] where there is an interval.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="fidelity">The measures, or null.</param>
    public static void WriteFidelity(Utf8JsonWriter json, FidelityMeasures? fidelity)
    {
        if (fidelity is null)
        {
            json.WriteNull("fidelity");
            return;
        }

        json.WriteStartObject("fidelity");
        Text(json, "text", fidelity.Text);
        Number(json, "tokens", fidelity.Tokens);
        Number(json, "documents", fidelity.Documents);
        Text(json, "intervalNote", fidelity.IntervalNote);
        Measured(json, "l0", fidelity.L0);
        Measured(json, "fvu", fidelity.Fvu);
        Measured(json, "explainedVariance", fidelity.ExplainedVariance);
        Measured(json, "mse", fidelity.Mse);
        Measured(json, "cosine", fidelity.Cosine);
        Measured(json, "bias", fidelity.RelativeReconstructionBias);
        Number(json, "dead", fidelity.Dead);
        Number(json, "above1Percent", fidelity.Above1Percent);
        Number(json, "above10Percent", fidelity.Above10Percent);
        Number(json, "lossClean", fidelity.Loss?.Clean);
        Number(json, "lossSpliced", fidelity.Loss?.Spliced);
        Number(json, "lossZero", fidelity.Loss?.Zero);
        Number(json, "lossMean", fidelity.Loss?.Mean);
        Measured(json, "deltaLoss", fidelity.DeltaLoss);
        Measured(json, "lossRecovered", fidelity.LossRecovered);
        Measured(json, "kl", fidelity.Kl);
        Measured(json, "uniformity", fidelity.Uniformity);
        json.WriteEndObject();
    }

    /// <summary>Writes the rows of other tools.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="rows">The rows.</param>
    public static void WriteComparison(Utf8JsonWriter json, IReadOnlyList<ComparisonRow> rows)
    {
        json.WriteStartArray("comparison");
        foreach (ComparisonRow row in rows)
        {
            json.WriteStartObject();
            Text(json, "tool", row.Tool);
            Text(json, "method", row.Method);
            Number(json, "tokens", row.Tokens);
            Number(json, "l0", row.L0);
            Number(json, "fvu", row.Fvu);
            Number(json, "deltaLoss", row.DeltaLoss);
            Number(json, "lossRecovered", row.LossRecovered);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.WriteString(name, ReportTexts.Clean(text));
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long value) => json.WriteNumber(name, value);

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            JsonNumbers.WriteLong(json, value);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Measured(Utf8JsonWriter json, string name, Measurement? measurement)
    {
        if (measurement is not { } measured)
        {
            return;
        }

        json.WritePropertyName(name);
        if (measured.Interval is not { } interval)
        {
            JsonNumbers.WriteLong(json, measured.Value);
            return;
        }

        json.WriteStartArray();
        JsonNumbers.WriteLong(json, measured.Value);
        JsonNumbers.WriteLong(json, interval.Low);
        JsonNumbers.WriteLong(json, interval.High);
        json.WriteEndArray();
    }

    private static void Column(Utf8JsonWriter json, string name, IReadOnlyList<TrainingPoint> points, Func<TrainingPoint, double?> value)
    {
        if (!points.Any(point => value(point) is not null))
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (TrainingPoint point in points)
        {
            JsonNumbers.WriteLong(json, value(point));
        }

        json.WriteEndArray();
    }
}
